#include "wasm/compilation.h"

#include <iterator>
#include <utility>

#include "calls/parts.h"
#include "v8/strings.h"
#include "wasm/budget.h"
#include "wasm/instances.h"
#include "wasm/memories.h"
#include "wasm/stand_ins.h"

namespace isolet {
namespace {

// A compilation that is under way: the promise the guest has, the bytes that were charged, what instances need.
enum Field : uint32_t { kResolver, kLength, kNeeds };

struct Pending {
  Pending(v8::Local<v8::Context> context, v8::Local<v8::Value> data) {
    v8::Local<v8::Value> resolver, length, needs;
    auto fields = data.As<v8::Array>();
    if (!fields->Get(context, kResolver).ToLocal(&resolver) || !fields->Get(context, kLength).ToLocal(&length) ||
        !fields->Get(context, kNeeds).ToLocal(&needs)) {
      return;
    }
    if (!needs->IsUndefined()) this->needs = needs;
    this->resolver = resolver.As<v8::Promise::Resolver>();
    this->length = static_cast<size_t>(length.As<v8::Number>()->Value());
  }
  v8::Local<v8::Promise::Resolver> resolver;
  size_t length = 0;
  v8::Local<v8::Value> needs;
};

void OnCompiled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  Pending pending(context, info.Data());
  if (parts == nullptr || pending.resolver.IsEmpty()) return;
  v8::Local<v8::Value> module = info[0], instance;
  // Of an instantiation it is part of the result, which is V8's and new.
  if (!module->IsWasmModuleObject()) {
    if (!OwnValue(context, info[0], "module").ToLocal(&module)) return;
    if (!OwnValue(context, info[0], "instance").ToLocal(&instance)) return;
  }
  if (module->IsWasmModuleObject()) {
    parts->wasm().Made(context, module.As<v8::Object>(), pending.length, pending.needs);
  } else {
    parts->wasm().NotMade(pending.length);
  }
  if (instance.IsEmpty()) {
    if (pending.resolver->Resolve(context, info[0]).IsNothing()) return;
  } else {
    WasmInstances::Settle(context, pending.resolver, info[0], instance, module);
  }
}

void OnNotCompiled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  Parts* parts = Parts::Of(info.GetIsolate());
  Pending pending(context, info.Data());
  if (parts == nullptr || pending.resolver.IsEmpty()) return;
  parts->wasm().NotMade(pending.length);
  if (pending.resolver->Reject(context, info[0]).IsNothing()) return;
}

// What the guest gets for V8's promise of a module. Empty: an exception is pending.
v8::MaybeLocal<v8::Value> Follow(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise, size_t length,
                                 v8::Local<v8::Value> needs) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Promise::Resolver> resolver;
  v8::Local<v8::Function> compiled, failed;
  v8::Local<v8::Promise> derived;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  if (needs.IsEmpty()) needs = v8::Undefined(isolate);
  v8::Local<v8::Value> fields[] = {resolver, v8::Number::New(isolate, static_cast<double>(length)), needs};
  v8::Local<v8::Array> data = v8::Array::New(isolate, fields, std::size(fields));
  if (!v8::Function::New(context, OnCompiled, data, 1, v8::ConstructorBehavior::kThrow).ToLocal(&compiled) ||
      !v8::Function::New(context, OnNotCompiled, data, 1, v8::ConstructorBehavior::kThrow).ToLocal(&failed) ||
      !promise->Then(context, compiled, failed).ToLocal(&derived)) {
    return {};
  }
  return resolver->GetPromise();
}

void Reject(const v8::FunctionCallbackInfo<v8::Value>& info, v8::Local<v8::Value> reason) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
  if (resolver->Reject(context, reason).IsNothing()) return;
  info.GetReturnValue().Set(resolver->GetPromise());
}

}  // namespace

template <Original original>
void CompileWasm(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  WasmBytes bytes = WasmBytesOf(info[0]);
  v8::Local<v8::Value> refusal, result, followed;
  if (bytes.start == nullptr) {
    if (original == Original::kInstantiate && WasmInstances::Instantiate(info)) return;
    result = CallOriginal(info, original);
    if (!result.IsEmpty()) info.GetReturnValue().Set(result);
    return;
  }
  WasmBudget::Look look;
  if (parts->wasm().LookAt(context, bytes.start, bytes.length, &look).IsNothing()) return;
  if (!look.refusal.IsEmpty()) {
    Reject(info, look.refusal);
    return;
  }
  {
    v8::TryCatch catcher(isolate);
    bool room = original != Original::kInstantiate || look.needs.IsEmpty() ||
                parts->wasm_memories().AdmitNeeds(context, look.needs);
    if (!room || !parts->wasm().Charge(isolate, bytes.length)) {
      if (catcher.HasTerminated()) {
        catcher.ReThrow();
        return;
      }
      refusal = catcher.Exception();
    }
  }
  if (!refusal.IsEmpty()) {
    Reject(info, refusal);
    return;
  }
  v8::Local<v8::Value> lowered;
  if (look.lowered) lowered = WasmBufferOf(isolate, *std::move(look.lowered));
  result = CallOriginal(info, original, lowered);
  if (result.IsEmpty() || !result->IsPromise()) {
    parts->wasm().NotMade(bytes.length);
    return;
  }
  if (Follow(context, result.As<v8::Promise>(), bytes.length, look.needs).ToLocal(&followed)) {
    info.GetReturnValue().Set(followed);
  }
}

template void CompileWasm<Original::kCompile>(const v8::FunctionCallbackInfo<v8::Value>& info);
template void CompileWasm<Original::kInstantiate>(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace isolet
