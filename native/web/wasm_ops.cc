#include "web/wasm_ops.h"

#include <algorithm>

#include "calls/guest_options.h"
#include "calls/parts.h"
#include "v8/originals.h"
#include "v8/strings.h"
#include "wasm/compilation.h"
#include "web/web.h"

namespace isolet {
namespace {

void Allowed(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Parts* parts = Parts::Of(info.GetIsolate());
  info.GetReturnValue().Set(parts != nullptr && parts->options().code_generation_wasm);
}

const WebOp kOps[] = {
    {"wasm", "allowed", Allowed},
    {"wasm", "compile", CompileWasm<Original::kCompile>, 1},
    {"wasm", "instantiate", CompileWasm<Original::kInstantiate>, 2},
};

constexpr const char* kNames[] = {"compileStreaming", "instantiateStreaming"};

template <int which>
void Stream(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Function> hook;
  v8::Local<v8::Value> arguments[] = {info[0], info[1]}, promise;
  const int count = std::min(info.Length(), 2);
  if (parts->web().Hook(context, kNames[which]).ToLocal(&hook) &&
      hook->Call(context, v8::Undefined(isolate), count, arguments).ToLocal(&promise)) {
    info.GetReturnValue().Set(promise);
  }
}

bool Define(v8::Local<v8::Context> context, v8::Local<v8::Object> wasm, const char* name,
            v8::FunctionCallback callback) {
  v8::Local<v8::Function> function;
  if (!v8::Function::New(context, callback, {}, 1, v8::ConstructorBehavior::kThrow).ToLocal(&function)) return false;
  v8::Local<v8::String> key = Name(v8::Isolate::GetCurrent(), name);
  function->SetName(key);
  // What can't be extended was made so by the scripts of a snapshot.
  return wasm->DefineOwnProperty(context, key, function).IsJust();
}

}  // namespace

std::span<const WebOp> WasmOps() { return kOps; }

bool DefineWasmStreaming(v8::Local<v8::Context> context) {
  v8::HandleScope scope(v8::Isolate::GetCurrent());
  v8::Local<v8::Value> wasm;
  if (!OwnValue(context, context->Global(), "WebAssembly").ToLocal(&wasm)) return false;
  // Without V8's own there is nothing that could compile: it was started so, or a snapshot is being made.
  if (!wasm->IsObject() || wasm->IsProxy() || !GetOriginal(context, Original::kCompile)->IsFunction()) return true;
  return Define(context, wasm.As<v8::Object>(), kNames[0], Stream<0>) &&
         Define(context, wasm.As<v8::Object>(), kNames[1], Stream<1>);
}

}  // namespace isolet
