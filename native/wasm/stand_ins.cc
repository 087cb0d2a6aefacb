#include "wasm/stand_ins.h"

#include <utility>
#include <vector>

namespace isolet {

WasmBytes WasmBytesOf(v8::Local<v8::Value> source) {
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

v8::Local<v8::Value> WasmBufferOf(v8::Isolate* isolate, std::string binary) {
  auto* kept = new std::string(std::move(binary));
  auto drop = [](void*, size_t, void* data) { delete static_cast<std::string*>(data); };
  return v8::ArrayBuffer::New(isolate, v8::ArrayBuffer::NewBackingStore(kept->data(), kept->size(), drop, kept));
}

v8::MaybeLocal<v8::Value> ConstructOriginal(v8::Local<v8::Context> context, Original constructor,
                                            v8::Local<v8::Value> argument, v8::Local<v8::Value> new_target) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> arguments[] = {GetOriginal(context, constructor), v8::Array::New(isolate, &argument, 1),
                                      new_target};
  return GetOriginal(context, Original::kReflectConstruct)
      .As<v8::Function>()
      ->Call(context, v8::Undefined(isolate), 3, arguments);
}

v8::Local<v8::Value> CallOriginal(const v8::FunctionCallbackInfo<v8::Value>& info, Original original,
                                  v8::Local<v8::Value> first) {
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

}  // namespace isolet
