#include "wasm/guard.h"

#include <utility>

#include "calls/parts.h"
#include "v8/originals.h"
#include "v8/strings.h"
#include "wasm/budget.h"
#include "wasm/compilation.h"
#include "wasm/stand_ins.h"
#include "wasm/tags.h"

namespace isolet {
namespace {

// True: handled.
bool OnModule(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || !info.IsConstructCall() || info.Length() == 0) return false;
  WasmBudget& budget = parts->wasm();
  WasmBytes bytes = WasmBytesOf(info[0]);
  if (budget.making || bytes.start == nullptr) return false;
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Value> made, prototype, source = info[0];
  WasmBudget::Look look;
  if (budget.LookAt(context, bytes.start, bytes.length, &look).IsNothing()) return true;
  if (!look.refusal.IsEmpty()) {
    isolate->ThrowException(look.refusal);
    return true;
  }
  if (look.lowered) source = WasmBufferOf(isolate, *std::move(look.lowered));
  if (!budget.Charge(isolate, bytes.length)) return true;
  v8::Local<v8::Value> real = GetOriginal(context, Original::kModule);
  budget.making = true;
  // No guest code runs in here: V8's own constructor has V8's own prototype.
  bool done = ConstructOriginal(context, Original::kModule, source, real).ToLocal(&made);
  budget.making = false;
  if (!done) {
    budget.NotMade(bytes.length);
    return true;
  }
  budget.Made(context, made.As<v8::Object>(), bytes.length, look.needs);
  if (!info.NewTarget()->StrictEquals(real)) {
    // A class that extends it.
    if (!info.NewTarget().As<v8::Object>()->Get(context, Name(isolate, "prototype")).ToLocal(&prototype)) return true;
    if (prototype->IsObject() && SetPrototypeOf(context, made.As<v8::Object>(), prototype).IsNothing()) return true;
  }
  info.GetReturnValue().Set(made);
  return true;
}

// Stands for WebAssembly.validate: V8 notes the types of what it looks at.
void Validate(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Parts* parts = Parts::Of(info.GetIsolate());
  WasmBytes bytes = WasmBytesOf(info[0]);
  WasmBudget::Look look;
  if (parts != nullptr && bytes.start != nullptr) {  // else V8 says what is wrong
    v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
    if (parts->wasm().LookAt(context, bytes.start, bytes.length, &look).IsNothing()) return;
    if (!look.refusal.IsEmpty()) {
      info.GetReturnValue().Set(false);
      return;
    }
  }
  v8::Local<v8::Value> result = CallOriginal(info, Original::kValidate);
  if (!result.IsEmpty()) info.GetReturnValue().Set(result);
}

}  // namespace

void WasmGuard::Install(v8::Isolate* isolate) { isolate->SetWasmModuleCallback(OnModule); }

bool WasmGuard::Install(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> wasm, module, tag;
  if (!OwnValue(context, context->Global(), "WebAssembly").ToLocal(&wasm)) return false;
  if (!OwnValue(context, wasm, "Module").ToLocal(&module)) return false;
  if (!GetOriginal(context, Original::kModule)->IsFunction()) KeepOriginal(context, Original::kModule, module);
  return ReplaceFunction(context, wasm, Name(isolate, "compile"), 1, CompileWasm<Original::kCompile>,
                         Original::kCompile) &&
         ReplaceFunction(context, wasm, Name(isolate, "instantiate"), 1, CompileWasm<Original::kInstantiate>,
                         Original::kInstantiate) &&
         ReplaceFunction(context, wasm, Name(isolate, "validate"), 1, Validate, Original::kValidate) &&
         ReplaceConstructor(context, wasm, "Tag", NewWasmTag, Original::kTag).ToLocal(&tag);
}

}  // namespace isolet
