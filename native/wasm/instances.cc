#include "wasm/instances.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "calls/parts.h"
#include "v8/originals.h"
#include "v8/strings.h"
#include "wasm/memories.h"

namespace isolet {
namespace {

// True: handled.
bool OnInstance(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || !info.IsConstructCall() || !info[0]->IsWasmModuleObject()) return false;
  WasmMemories& memories = parts->wasm_memories();
  v8::Local<v8::Value> real = GetOriginal(context, Original::kInstance);
  if (!real->IsFunction() || std::exchange(memories.admitted, false)) return false;
  auto module = info[0].As<v8::Object>();
  if (!memories.Admit(context, module)) return true;
  v8::Local<v8::Value> given[] = {info[0], info[1]};
  v8::Local<v8::Value> arguments[] = {real, v8::Array::New(isolate, given, std::min(info.Length(), 2)), real};
  v8::Local<v8::Value> made, prototype;
  // V8 comes back here before it runs any guest code.
  memories.admitted = true;
  bool done = GetOriginal(context, Original::kReflectConstruct)
                  .As<v8::Function>()
                  ->Call(context, v8::Undefined(isolate), std::size(arguments), arguments)
                  .ToLocal(&made);
  memories.admitted = false;
  if (!done || !memories.Keep(context, made.As<v8::Object>(), module)) return true;
  if (!info.NewTarget()->StrictEquals(real)) {
    // A class that extends it.
    if (!info.NewTarget().As<v8::Object>()->Get(context, Name(isolate, "prototype")).ToLocal(&prototype)) return true;
    if (prototype->IsObject() && SetPrototypeOf(context, made.As<v8::Object>(), prototype).IsNothing()) return true;
  }
  info.GetReturnValue().Set(made);
  return true;
}

enum Field : uint32_t { kResolver, kModule };

void OnInstantiated(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  auto fields = info.Data().As<v8::Array>();
  v8::Local<v8::Value> resolver, module;
  if (!fields->Get(context, kResolver).ToLocal(&resolver) || !fields->Get(context, kModule).ToLocal(&module)) return;
  WasmInstances::Settle(context, resolver.As<v8::Promise::Resolver>(), info[0], info[0], module);
}

void OnFailed(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  v8::Local<v8::Value> resolver;
  if (!info.Data().As<v8::Array>()->Get(context, kResolver).ToLocal(&resolver)) return;
  if (resolver.As<v8::Promise::Resolver>()->Reject(context, info[0]).IsNothing()) return;
}

// Rejects with what `catcher` has. Terminated: passes it on.
void RejectWith(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver, v8::TryCatch& catcher) {
  if (catcher.HasTerminated() || !catcher.HasCaught()) {
    catcher.ReThrow();
    return;
  }
  v8::Local<v8::Value> error = catcher.Exception();
  catcher.Reset();
  if (resolver->Reject(context, error).IsNothing()) return;
}

}  // namespace

void WasmInstances::Install(v8::Isolate* isolate) { isolate->SetWasmInstanceCallback(OnInstance); }

bool WasmInstances::Install(v8::Local<v8::Context> context) {
  if (GetOriginal(context, Original::kInstance)->IsFunction()) return true;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> wasm, instance, prototype, descriptor, getter;
  if (!OwnValue(context, context->Global(), "WebAssembly").ToLocal(&wasm)) return false;
  if (!OwnValue(context, wasm, "Instance").ToLocal(&instance)) return false;
  if (!instance->IsFunction()) return true;  // Node was started without it
  if (!OwnValue(context, instance, "prototype").ToLocal(&prototype)) return false;
  if (!prototype->IsObject() || prototype->IsProxy()) return true;  // not V8's
  if (!prototype.As<v8::Object>()->GetOwnPropertyDescriptor(context, Name(isolate, "exports")).ToLocal(&descriptor)) {
    return false;
  }
  if (!OwnValue(context, descriptor, "get").ToLocal(&getter)) return false;
  KeepOriginal(context, Original::kInstance, instance);
  KeepOriginal(context, Original::kInstanceExports, getter);
  return true;
}

bool WasmInstances::Instantiate(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || !info[0]->IsWasmModuleObject()) return false;
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return true;
  info.GetReturnValue().Set(resolver->GetPromise());
  v8::TryCatch catcher(isolate);
  if (!parts->wasm_memories().Admit(context, info[0].As<v8::Object>())) {
    RejectWith(context, resolver, catcher);
    return true;
  }
  v8::Local<v8::Value> given[] = {info[0], info[1]};
  v8::Local<v8::Value> fields[] = {resolver, info[0]};
  v8::Local<v8::Value> result;
  v8::Local<v8::Array> data = v8::Array::New(isolate, fields, std::size(fields));
  v8::Local<v8::Function> made, failed;
  v8::Local<v8::Promise> derived;
  if (!GetOriginal(context, Original::kInstantiate)
           .As<v8::Function>()
           ->Call(context, info.This(), std::min(info.Length(), 2), given)
           .ToLocal(&result) ||
      !result->IsPromise() ||
      !v8::Function::New(context, OnInstantiated, data, 1, v8::ConstructorBehavior::kThrow).ToLocal(&made) ||
      !v8::Function::New(context, OnFailed, data, 1, v8::ConstructorBehavior::kThrow).ToLocal(&failed) ||
      !result.As<v8::Promise>()->Then(context, made, failed).ToLocal(&derived)) {
    RejectWith(context, resolver, catcher);
  }
  return true;
}

void WasmInstances::Settle(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver,
                           v8::Local<v8::Value> result, v8::Local<v8::Value> instance, v8::Local<v8::Value> module) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Parts* parts = Parts::Of(isolate);
  v8::TryCatch catcher(isolate);
  if (parts != nullptr && instance->IsObject() && module->IsWasmModuleObject() &&
      !parts->wasm_memories().Keep(context, instance.As<v8::Object>(), module.As<v8::Object>())) {
    RejectWith(context, resolver, catcher);
    return;
  }
  if (resolver->Resolve(context, result).IsNothing()) catcher.ReThrow();
}

}  // namespace isolet
