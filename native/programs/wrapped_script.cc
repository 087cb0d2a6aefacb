#include "programs/wrapped_script.h"

#include "isolate/lock.h"
#include "v8/strings.h"

namespace isolet {

v8::MaybeLocal<v8::Value> WrappedScriptProgram::Run(const IsolateLock& lock) {
  v8::Isolate* isolate = lock.isolate();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Value> rest, value, result;
  if (!wrapper_.Run(lock).ToLocal(&rest)) return {};
  if (!rest->IsFunction()) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The wrapper did not return a function")));
    return {};
  }
  if (!script_.Run(lock).ToLocal(&value)) return {};
  if (!rest.As<v8::Function>()->Call(lock.context(), v8::Undefined(isolate), 1, &value).ToLocal(&result)) return {};
  return scope.Escape(result);
}

}  // namespace isolet
