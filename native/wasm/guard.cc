#include "wasm/guard.h"

#include <algorithm>
#include <string>
#include <vector>

#include "calls/parts.h"
#include "v8/originals.h"
#include "v8/strings.h"
#include "wasm/budget.h"
#include "wasm/instances.h"
#include "wasm/memories.h"

namespace isolet {
namespace {

// Parameters of a function type that V8 allows.
constexpr uint32_t kMostParameters = 1000;

struct Bytes {
  const uint8_t* start = nullptr;
  size_t length = 0;
};

// What V8 would take for a module's bytes; it copies them before it runs any guest code.
Bytes BytesOf(v8::Local<v8::Value> source) {
  const void* start = nullptr;
  size_t offset = 0;
  size_t length = 0;
  if (source->IsArrayBufferView()) {
    auto view = source.As<v8::ArrayBufferView>();
    offset = view->ByteOffset();
    length = view->ByteLength();
    source = view->Buffer();
    // The buffer of a view may be a shared one, whatever its static type.
    start = source->IsSharedArrayBuffer() ? source.As<v8::SharedArrayBuffer>()->Data()
                                          : source.As<v8::ArrayBuffer>()->Data();
  } else if (source->IsArrayBuffer()) {
    start = source.As<v8::ArrayBuffer>()->Data();
    length = source.As<v8::ArrayBuffer>()->ByteLength();
  } else if (source->IsSharedArrayBuffer()) {
    start = source.As<v8::SharedArrayBuffer>()->Data();
    length = source.As<v8::SharedArrayBuffer>()->ByteLength();
  }
  if (start == nullptr) return {};
  return {static_cast<const uint8_t*>(start) + offset, length};
}

// What V8 gets instead of what the guest gave: the module with lower ceilings.
v8::Local<v8::Value> BufferOf(v8::Isolate* isolate, std::string binary) {
  auto* kept = new std::string(std::move(binary));
  auto drop = [](void*, size_t, void* data) { delete static_cast<std::string*>(data); };
  return v8::ArrayBuffer::New(isolate, v8::ArrayBuffer::NewBackingStore(kept->data(), kept->size(), drop, kept));
}

v8::MaybeLocal<v8::Value> Construct(v8::Local<v8::Context> context, Original constructor, v8::Local<v8::Value> argument,
                                    v8::Local<v8::Value> new_target) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> arguments[] = {GetOriginal(context, constructor), v8::Array::New(isolate, &argument, 1),
                                      new_target};
  return GetOriginal(context, Original::kReflectConstruct)
      .As<v8::Function>()
      ->Call(context, v8::Undefined(isolate), 3, arguments);
}

// True: handled.
bool OnModule(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || !info.IsConstructCall() || info.Length() == 0) return false;
  WasmBudget& budget = parts->wasm();
  Bytes bytes = BytesOf(info[0]);
  if (budget.making || bytes.start == nullptr) return false;
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Value> made, prototype, source = info[0];
  WasmBudget::Look look;
  if (budget.LookAt(context, bytes.start, bytes.length, &look).IsNothing()) return true;
  if (!look.refusal.IsEmpty()) {
    isolate->ThrowException(look.refusal);
    return true;
  }
  if (look.lowered) source = BufferOf(isolate, *std::move(look.lowered));
  if (!budget.Charge(isolate, bytes.length)) return true;
  v8::Local<v8::Value> real = GetOriginal(context, Original::kModule);
  budget.making = true;
  // No guest code runs in here: V8's own constructor has V8's own prototype.
  bool done = Construct(context, Original::kModule, source, real).ToLocal(&made);
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

// `first`: instead of the first argument, if it is not empty.
v8::Local<v8::Value> CallOriginal(const v8::FunctionCallbackInfo<v8::Value>& info, Original original,
                                  v8::Local<v8::Value> first = {}) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  std::vector<v8::Local<v8::Value>> arguments;
  for (int i = 0; i < info.Length() && i < 3; ++i) arguments.push_back(i == 0 && !first.IsEmpty() ? first : info[i]);
  v8::Local<v8::Value> result;
  if (!GetOriginal(context, original)
           .As<v8::Function>()
           ->Call(context, info.This(), static_cast<int>(arguments.size()), arguments.data())
           .ToLocal(&result)) {
    return {};
  }
  return result;
}

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

// Stands for WebAssembly.compile or instantiate.
template <Original original>
void Compile(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  Bytes bytes = BytesOf(info[0]);
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
  if (look.lowered) lowered = BufferOf(isolate, *std::move(look.lowered));
  result = CallOriginal(info, original, lowered);
  if (result.IsEmpty() || !result->IsPromise()) {
    parts->wasm().NotMade(bytes.length);
    return;
  }
  if (Follow(context, result.As<v8::Promise>(), bytes.length, look.needs).ToLocal(&followed)) {
    info.GetReturnValue().Set(followed);
  }
}

// Stands for WebAssembly.validate: V8 notes the types of what it looks at.
void Validate(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Parts* parts = Parts::Of(info.GetIsolate());
  Bytes bytes = BytesOf(info[0]);
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

// The parameters of a tag for V8 to read again, and as text. Without a length if V8 would find none: it says so. Empty:
// an exception is pending.
v8::MaybeLocal<v8::Value> ReadParameters(v8::Local<v8::Context> context, v8::Local<v8::Object> given,
                                         std::string* binary) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> length, element;
  v8::Local<v8::String> text;
  v8::Local<v8::Uint32> index;
  if (!given->Get(context, Name(isolate, "length")).ToLocal(&length)) return {};
  if (!length->ToString(context).ToLocal(&text)) return {};
  if (!text->ToArrayIndex(context).ToLocal(&index)) {
    return v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0).As<v8::Value>();
  }
  // One more than allowed: V8 says that it is too many.
  const uint32_t count = std::min(index->Value(), kMostParameters + 1);
  v8::Local<v8::Array> copy = v8::Array::New(isolate, static_cast<int>(count));
  for (uint32_t i = 0; i < count; ++i) {
    if (!given->Get(context, i).ToLocal(&element)) return {};
    if (!element->ToString(context).ToLocal(&text)) return {};
    if (copy->CreateDataProperty(context, i, text).IsNothing()) return {};
    *binary += ' ';
    *binary += ToUtf8(isolate, text, 16);
  }
  return copy.As<v8::Value>();
}

// Stands for WebAssembly.Tag. Its parameters are read once: what is looked at is what V8 gets.
void Tag(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  if (!info.IsConstructCall()) {
    isolate->ThrowException(
        v8::Exception::TypeError(Name(isolate, "WebAssembly.Tag(): WebAssembly.Tag must be invoked with 'new'")));
    return;
  }
  v8::Local<v8::Value> argument = info[0], parameters, refusal, made;
  if (argument->IsObject()) {
    if (!argument.As<v8::Object>()->Get(context, Name(isolate, "parameters")).ToLocal(&parameters)) return;
    v8::Local<v8::Object> descriptor = v8::Object::New(isolate);
    std::string binary = "tag";
    if (parameters->IsObject() && !ReadParameters(context, parameters.As<v8::Object>(), &binary).ToLocal(&parameters)) {
      return;
    }
    if (descriptor->CreateDataProperty(context, Name(isolate, "parameters"), parameters).IsNothing()) return;
    argument = descriptor;
    if (parts->wasm().RefusalOfTag(isolate, binary).ToLocal(&refusal)) {
      isolate->ThrowException(refusal);
      return;
    }
  }
  if (Construct(context, Original::kTag, argument, info.NewTarget()).ToLocal(&made)) info.GetReturnValue().Set(made);
}

}  // namespace

void WasmGuard::Install(v8::Isolate* isolate) { isolate->SetWasmModuleCallback(OnModule); }

bool WasmGuard::Install(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> wasm, module, tag;
  if (!OwnValue(context, context->Global(), "WebAssembly").ToLocal(&wasm)) return false;
  if (!OwnValue(context, wasm, "Module").ToLocal(&module)) return false;
  if (!GetOriginal(context, Original::kModule)->IsFunction()) KeepOriginal(context, Original::kModule, module);
  return ReplaceFunction(context, wasm, Name(isolate, "compile"), 1, Compile<Original::kCompile>, Original::kCompile) &&
         ReplaceFunction(context, wasm, Name(isolate, "instantiate"), 1, Compile<Original::kInstantiate>,
                         Original::kInstantiate) &&
         ReplaceFunction(context, wasm, Name(isolate, "validate"), 1, Validate, Original::kValidate) &&
         ReplaceConstructor(context, wasm, "Tag", Tag, Original::kTag).ToLocal(&tag);
}

}  // namespace isolet
