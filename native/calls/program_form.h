// What a program is made of, as plain data: how it gets to a guest in another process, where programs/form.h makes it
// anew.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "calls/source.h"
#include "value/message.h"
#include "value/primitive.h"

namespace isolet {

struct ScriptForm {
  Source source;
  bool keeps_value = true;
  KeepCode keep = KeepCode::kSeenAgain;
};

struct KeepCodeForm {
  Source source;
  bool module = false;
};

struct AddLateForm {};

struct CallForm {
  uint64_t function_id = 0;
  value::Message values;  // the arguments, then the receiver
};

struct PlainCallForm {
  uint64_t function_id = 0;
  value::Primitives arguments;
};

struct WrappedScriptForm {
  uint64_t wrapper_id = 0;
  value::Message values;
  ScriptForm script;
};

struct SetGlobalForm {
  std::string name;
  value::Message value;
  bool awaited = false;
};

struct DeleteGlobalForm {
  std::string name;
};

struct EvalModuleForm {
  uint64_t call_id = 0;
  std::string specifier;
  std::shared_ptr<std::atomic<bool>> waits;  // null: nobody will wait
};

struct EvalModuleAsyncForm {
  uint64_t call_id = 0;
  std::string specifier;
};

// `monostate`: it only makes sense in this process.
using ProgramForm =
    std::variant<std::monostate, ScriptForm, KeepCodeForm, AddLateForm, CallForm, PlainCallForm, WrappedScriptForm,
                 SetGlobalForm, DeleteGlobalForm, EvalModuleForm, EvalModuleAsyncForm>;

// Calls `look` with every message in it.
template <typename Look>
void ForEachMessage(const ProgramForm& form, const Look& look) {
  if (const auto* call = std::get_if<CallForm>(&form)) look(call->values);
  if (const auto* wrapped = std::get_if<WrappedScriptForm>(&form)) look(wrapped->values);
  if (const auto* global = std::get_if<SetGlobalForm>(&form)) look(global->value);
}

}  // namespace isolet
