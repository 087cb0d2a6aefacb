#include "boundary/module_failure.h"

#include <utility>
#include <variant>

#include "boundary/crossing.h"
#include "calls/limits.h"
#include "v8/strings.h"

namespace isolet {
namespace {

v8::Local<v8::Private> Key(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, Name(isolate, "isolet:moduleFailure"));
}

v8::Local<v8::String> TextOf(v8::Isolate* isolate, const std::string& text) {
  v8::Local<v8::String> string;
  return FromUtf8(isolate, text).ToLocal(&string) ? string : v8::String::Empty(isolate);
}

// An element of our own array: no guest code has seen it.
v8::Local<v8::Value> Field(v8::Local<v8::Context> context, v8::Local<v8::Array> fields, uint32_t index) {
  v8::Local<v8::Value> part;
  if (fields->Get(context, index).ToLocal(&part)) return part;
  return v8::Undefined(v8::Isolate::GetCurrent());
}

std::string FieldText(v8::Local<v8::Context> context, v8::Local<v8::Array> fields, uint32_t index) {
  v8::Local<v8::Value> part = Field(context, fields, index);
  return part->IsString() ? ToUtf8(v8::Isolate::GetCurrent(), part.As<v8::String>(), kMaxErrorText) : std::string();
}

}  // namespace

v8::Local<v8::Value> NewModuleError(v8::Local<v8::Context> context, const ModuleFailure& failure,
                                    v8::Local<v8::Value> cause) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> error = v8::Exception::Error(TextOf(isolate, failure.message));
  v8::Local<v8::Object> object = error.As<v8::Object>();
  v8::Local<v8::Value> fields[] = {TextOf(isolate, failure.message),
                                   TextOf(isolate, failure.specifier),
                                   TextOf(isolate, failure.referrer),
                                   v8::Boolean::New(isolate, failure.not_found),
                                   v8::Boolean::New(isolate, !cause.IsEmpty()),
                                   cause.IsEmpty() ? v8::Undefined(isolate).As<v8::Value>() : cause};
  const char* code = failure.not_found ? "ERR_ISOLET_MODULE_NOT_FOUND" : "ERR_ISOLET_MODULE";
  // Fails only when the isolate is out of memory or terminating; then it is an Error like any other.
  if (object->SetPrivate(context, Key(isolate), v8::Array::New(isolate, fields, std::size(fields))).IsNothing() ||
      object->CreateDataProperty(context, Name(isolate, "code"), Name(isolate, code)).IsNothing() ||
      (!cause.IsEmpty() &&
       object->DefineOwnProperty(context, Name(isolate, "cause"), cause, v8::DontEnum).IsNothing())) {
    return error;
  }
  return error;
}

std::optional<ModuleFailure> ReadModuleFailure(Parts& parts, v8::Local<v8::Context> context,
                                               v8::Local<v8::Value> thrown) {
  if (!thrown->IsNativeError()) return std::nullopt;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> value;
  if (!thrown.As<v8::Object>()->GetPrivate(context, Key(isolate)).ToLocal(&value) || !value->IsArray()) {
    return std::nullopt;
  }
  v8::Local<v8::Array> fields = value.As<v8::Array>();
  ModuleFailure failure;
  failure.message = FieldText(context, fields, 0);
  failure.specifier = FieldText(context, fields, 1);
  failure.referrer = FieldText(context, fields, 2);
  failure.not_found = Field(context, fields, 3)->IsTrue();
  if (Field(context, fields, 4)->IsTrue()) {
    auto left = Leave(parts, context, Field(context, fields, 5), "cause");
    if (auto* message = std::get_if<value::Message>(&left)) failure.cause = std::move(*message);
  }
  return failure;
}

}  // namespace isolet
