#include "web/op_arguments.h"

#include "v8/strings.h"

namespace isolet {

void ThrowOpMisuse(v8::Isolate* isolate) {
  isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "Illegal invocation")));
}

bool StringArgument(const v8::FunctionCallbackInfo<v8::Value>& info, int index, v8::Local<v8::String>* string) {
  if (!info[index]->IsString()) {
    ThrowOpMisuse(info.GetIsolate());
    return false;
  }
  *string = info[index].As<v8::String>();
  return true;
}

bool ByteArgument::Read(const v8::FunctionCallbackInfo<v8::Value>& info, int index) {
  v8::Local<v8::Value> value = info[index];
  if (value->IsArrayBufferView()) {
    v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
    size_ = view->ByteLength();
    if (!view->HasBuffer() && size_ <= sizeof(small_)) {
      size_ = view->CopyContents(small_, sizeof(small_));
      data_ = small_;
      return true;
    }
    data_ = static_cast<const uint8_t*>(view->Buffer()->Data()) + view->ByteOffset();
    return true;
  }
  if (value->IsArrayBuffer()) {
    v8::Local<v8::ArrayBuffer> buffer = value.As<v8::ArrayBuffer>();
    data_ = static_cast<const uint8_t*>(buffer->Data());
    size_ = buffer->ByteLength();
    return true;
  }
  if (value->IsSharedArrayBuffer()) {
    v8::Local<v8::SharedArrayBuffer> buffer = value.As<v8::SharedArrayBuffer>();
    data_ = static_cast<const uint8_t*>(buffer->Data());
    size_ = buffer->ByteLength();
    return true;
  }
  ThrowOpMisuse(info.GetIsolate());
  return false;
}

uint32_t* NumbersArgument(const v8::FunctionCallbackInfo<v8::Value>& info, int index, size_t length) {
  v8::Local<v8::Value> value = info[index];
  if ((!value->IsUint32Array() && !value->IsInt32Array()) || value.As<v8::TypedArray>()->Length() < length) {
    ThrowOpMisuse(info.GetIsolate());
    return nullptr;
  }
  v8::Local<v8::TypedArray> numbers = value.As<v8::TypedArray>();
  auto* start = static_cast<uint8_t*>(numbers->Buffer()->Data()) + numbers->ByteOffset();
  return reinterpret_cast<uint32_t*>(start);
}

}  // namespace isolet
