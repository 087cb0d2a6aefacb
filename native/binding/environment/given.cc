#include "binding/environment/given.h"

#include "v8/strings.h"

namespace isolet {

double NumberOf(v8::Local<v8::Value> value, double missing) {
  return value->IsNumber() ? value.As<v8::Number>()->Value() : missing;
}

uint64_t IdOf(v8::Local<v8::Value> value) {
  double number = NumberOf(value);
  return number > 0 ? static_cast<uint64_t>(number) : 0;
}

bool FlagOf(v8::Local<v8::Value> value, bool missing) { return value->IsBoolean() ? value->IsTrue() : missing; }

std::string TextOf(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (!value->IsString()) return {};
  return CopyUtf8(isolate, value.As<v8::String>());
}

std::optional<std::string> BytesOf(v8::Local<v8::Value> value) {
  if (!value->IsArrayBufferView()) return std::nullopt;
  v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
  std::string bytes(view->ByteLength(), '\0');
  bytes.resize(view->CopyContents(bytes.data(), bytes.size()));
  return bytes;
}

v8::Local<v8::Value> GivenOptions::operator[](const char* name) {
  v8::Local<v8::Value> value;
  if (!failed_ && object_->Get(context_, Name(isolate_, name)).ToLocal(&value)) return value;
  failed_ = true;
  return v8::Undefined(isolate_);
}

Napi::Value ReturnedOrThrown(Napi::Env env, v8::MaybeLocal<v8::Value> value) {
  v8::Local<v8::Value> returned;
  return value.ToLocal(&returned) ? Returned(env, returned) : env.Undefined();
}

void ThrowMisuse(const char* what) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  isolate->ThrowException(v8::Exception::TypeError(Name(isolate, what)));
}

}  // namespace isolet
