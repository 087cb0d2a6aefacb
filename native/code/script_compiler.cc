#include "code/script_compiler.h"

#include "calls/entry_state.h"
#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "calls/source.h"
#include "v8/strings.h"

namespace isolet {
namespace {

struct Text {
  v8::Local<v8::String> code;
  v8::Local<v8::String> filename;
};

// False: an exception is pending.
bool MakeText(v8::Isolate* isolate, const Source& source, Text* text) {
  if (source.code.size() > kMaxSourceBytes) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "The source is longer than 16 MiB")));
    return false;
  }
  if (FromUtf8(isolate, source.code).ToLocal(&text->code) &&
      FromUtf8(isolate, source.filename).ToLocal(&text->filename)) {
    return true;
  }
  if (!isolate->IsExecutionTerminating()) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "The source is too long")));
  }
  return false;
}

v8::MaybeLocal<v8::Script> Compile(const IsolateLock& lock, const Text& text, CodeReuse& reuse) {
  auto compile = [&](v8::ScriptCompiler::Source* source, v8::ScriptCompiler::CompileOptions options) {
    return v8::ScriptCompiler::Compile(lock.context(), source, options);
  };
  return reuse.Compile(text.code, MakeOrigin(lock.isolate(), text.filename), compile);
}

SourceView ViewOf(const Parts& parts, const Source& source) {
  return {SourceView::Form::kScriptUtf8, parts.options().snapshot != nullptr, source.filename, source.code};
}

}  // namespace

v8::MaybeLocal<v8::Value> RunScript(const IsolateLock& lock, const Source& source, KeepCode keep) {
  v8::Isolate* isolate = lock.isolate();
  v8::EscapableHandleScope scope(isolate);
  Text text;
  if (!MakeText(isolate, source, &text)) return {};
  CodeReuse reuse(ViewOf(lock.parts(), source), keep);
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> value;
  if (!Compile(lock, text, reuse).ToLocal(&script)) return {};
  lock.parts().entry_state().scripts_ran = true;
  if (!script->Run(lock.context()).ToLocal(&value)) return {};
  // On the guest's time: it is the one that will start faster.
  if (reuse.wants_code() && !lock.parts().gate().stopping()) reuse.Keep(script->GetUnboundScript());
  return scope.Escape(value);
}

bool KeepScriptCode(const IsolateLock& lock, const Source& source) {
  v8::HandleScope scope(lock.isolate());
  Text text;
  if (!MakeText(lock.isolate(), source, &text)) return false;
  CodeReuse reuse(ViewOf(lock.parts(), source), KeepCode::kAnew);
  v8::Local<v8::Script> script;
  // V8 still has it: an isolate compiles the same text only once.
  if (!Compile(lock, text, reuse).ToLocal(&script)) return false;
  reuse.Keep(script->GetUnboundScript());
  return true;
}

}  // namespace isolet
