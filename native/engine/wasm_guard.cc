#include "engine/wasm_guard.h"

#include <vector>

#include "engine/builtins.h"
#include "engine/strings.h"
#include "engine/wasm_reader.h"

namespace isolet {
namespace {

constexpr uint8_t kMemorySection = 5;
constexpr uint64_t kShared = 2;

// What V8 would take for a module's bytes; it copies them before it runs any guest code.
bool IsRefused(v8::Local<v8::Value> source) {
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
  return start != nullptr && DeclaresSharedMemory(static_cast<const uint8_t*>(start) + offset, length);
}

v8::Local<v8::Value> Refusal(v8::Isolate* isolate) {
  return v8::Exception::WasmCompileError(Name(isolate, kSharedMemoryRefused));
}

// True: handled.
bool OnModule(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info.IsConstructCall() || info.Length() == 0 || !IsRefused(info[0])) return false;
  info.GetIsolate()->ThrowException(Refusal(info.GetIsolate()));
  return true;
}

// Stands for WebAssembly.compile or instantiate.
template <Original original>
void Compile(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (info.Length() > 0 && IsRefused(info[0])) {
    v8::Local<v8::Promise::Resolver> resolver;
    if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
    if (resolver->Reject(context, Refusal(isolate)).IsNothing()) return;
    info.GetReturnValue().Set(resolver->GetPromise());
    return;
  }
  std::vector<v8::Local<v8::Value>> arguments;
  for (int i = 0; i < info.Length() && i < 3; ++i) arguments.push_back(info[i]);
  v8::Local<v8::Value> result;
  if (GetOriginal(context, original)
          .As<v8::Function>()
          ->Call(context, info.This(), static_cast<int>(arguments.size()), arguments.data())
          .ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  }
}

}  // namespace

bool DeclaresSharedMemory(const uint8_t* bytes, size_t length) {
  if (length < 8) return false;
  WasmReader reader(bytes + 8, bytes + length);
  while (reader.ok() && !reader.done()) {
    uint8_t id = reader.Byte();
    WasmReader section = reader.Section();
    if (id != kMemorySection) continue;
    uint64_t count = section.Number();
    for (uint64_t i = 0; i < count && section.ok(); ++i) {
      if ((section.SkipLimits() & kShared) != 0) return true;
    }
  }
  return false;
}

void WasmGuard::Install(v8::Isolate* isolate) { isolate->SetWasmModuleCallback(OnModule); }

bool WasmGuard::Install(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> wasm;
  if (!OwnValue(context, context->Global(), "WebAssembly").ToLocal(&wasm)) return false;
  return ReplaceFunction(context, wasm, Name(isolate, "compile"), 1, Compile<Original::kCompile>, Original::kCompile) &&
         ReplaceFunction(context, wasm, Name(isolate, "instantiate"), 1, Compile<Original::kInstantiate>,
                         Original::kInstantiate);
}

}  // namespace isolet
