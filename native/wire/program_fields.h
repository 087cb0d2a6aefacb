// What a guest is asked to run, on the wire: every form of a program.
#pragma once

#include "calls/program_form.h"
#include "wire/outcome_fields.h"

namespace isolet::wire {

// The bound of the layer above is lower and is an error there; a frame has one
// of its own.
inline constexpr size_t kMostCode = size_t{1} << 30;

template <typename F>
bool Fields(F& f, Source& source) {
  return f.Text(source.code, kMostCode) && f.Text(source.filename, kMostText);
}

template <typename F>
bool Fields(F& f, ScriptForm& form) {
  return Fields(f, form.source) && f.Flag(form.keeps_value) && f.Enum(form.keep, KeepCode::kAnew);
}

template <typename F>
bool Fields(F& f, KeepCodeForm& form) {
  return Fields(f, form.source) && f.Flag(form.module);
}

template <typename F>
bool Fields(F& f, CallForm& form) {
  return Id(f, form.function_id) && Fields(f, form.values);
}

template <typename F>
bool Fields(F& f, PlainCallForm& form) {
  return Id(f, form.function_id) && Fields(f, form.arguments);
}

template <typename F>
bool Fields(F& f, WrappedScriptForm& form) {
  return Id(f, form.wrapper_id) && Fields(f, form.values) && Fields(f, form.script);
}

template <typename F>
bool Fields(F& f, SetGlobalForm& form) {
  return f.Text(form.name, kMostText) && Fields(f, form.value) && f.Flag(form.awaited);
}

template <typename F>
bool Fields(F& f, DeleteGlobalForm& form) {
  return f.Text(form.name, kMostText);
}

// Whether somebody will wait for it; the sender's own flag is set when it hears
// that the guest does.
template <typename F>
bool Fields(F& f, EvalModuleForm& form) {
  bool may_wait = form.waits != nullptr;
  if (!Id(f, form.call_id) || !f.Text(form.specifier, kMostText) || !f.Flag(may_wait)) return false;
  if constexpr (!F::kWrites) {
    if (may_wait) form.waits = std::make_shared<std::atomic<bool>>(false);
  }
  return true;
}

template <typename F>
bool Fields(F& f, EvalModuleAsyncForm& form) {
  return Id(f, form.call_id) && f.Text(form.specifier, kMostText);
}

template <typename F>
bool Fields(F& f, ProgramForm& form) {
  return OneOf(f, form);
}

}  // namespace isolet::wire
