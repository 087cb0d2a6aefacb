#include "boundary/web_objects.h"

#include "v8/strings.h"

namespace isolet {

namespace {

constexpr size_t kLongestReason = 200;

}  // namespace

void WebObjects::Take(v8::Isolate* isolate, v8::Local<v8::Function> export_object,
                      v8::Local<v8::Function> import_object) {
  export_.Reset(isolate, export_object);
  import_.Reset(isolate, import_object);
}

value::Exporter::Answer WebObjects::Export(v8::Local<v8::Context> context, v8::Local<v8::Object> object) const {
  if (export_.IsEmpty()) return std::monostate{};
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> argument = object, answer;
  if (!export_.Get(isolate)->Call(context, v8::Undefined(isolate), 1, &argument).ToLocal(&answer)) {
    return value::Failure{};
  }
  return ReadExported(context, answer);
}

v8::MaybeLocal<v8::Value> WebObjects::Import(v8::Local<v8::Context> context, value::MadeKind kind,
                                             std::span<v8::Local<v8::Value>> parts) const {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (import_.IsEmpty()) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "This guest has none of the web's APIs")));
    return {};
  }
  v8::Local<v8::Value> arguments[] = {v8::Integer::New(isolate, static_cast<int>(kind)),
                                      v8::Array::New(isolate, parts.data(), parts.size())};
  return import_.Get(isolate)->Call(context, v8::Undefined(isolate), 2, arguments);
}

void WebObjects::Clear() {
  export_.Reset();
  import_.Reset();
}

value::Exporter::Answer ReadExported(v8::Local<v8::Context> context, v8::Local<v8::Value> answer) {
  if (answer->IsString()) {
    value::Failure failure;
    failure.kind = value::Failure::Kind::kUnsupported;
    failure.what = ToUtf8(v8::Isolate::GetCurrent(), answer.As<v8::String>(), kLongestReason);
    return failure;
  }
  if (!answer->IsArray()) return std::monostate{};
  const v8::Local<v8::Array> list = answer.As<v8::Array>();
  v8::Local<v8::Value> number;
  if (!list->Get(context, 0).ToLocal(&number)) return value::Failure{};
  const std::optional<value::MadeKind> kind =
      number->IsUint32() ? value::MadeKindOf(number.As<v8::Uint32>()->Value()) : std::nullopt;
  if (!kind || list->Length() > value::kMostMadeParts) return std::monostate{};
  value::Made made{*kind, {}};
  for (uint32_t i = 1; i < list->Length(); ++i) {
    v8::Local<v8::Value> part;
    if (!list->Get(context, i).ToLocal(&part)) return value::Failure{};
    made.parts.push_back(part);
  }
  return made;
}

}  // namespace isolet
