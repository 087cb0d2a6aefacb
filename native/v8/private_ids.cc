#include "v8/private_ids.h"

#include "v8/strings.h"

namespace isolet {
namespace {

v8::Local<v8::Private> Key(v8::Isolate* isolate, PrivateId which) {
  static constexpr const char* kNames[] = {"isolet:guestFunction", "isolet:hostFunction", "isolet:hostError",
                                           "isolet:segmentedText", "isolet:givenAway"};
  return v8::Private::ForApi(isolate, Name(isolate, kNames[static_cast<size_t>(which)]));
}

}  // namespace

std::optional<uint64_t> ReadPrivateId(v8::Local<v8::Context> context, v8::Local<v8::Object> object, PrivateId which) {
  v8::Local<v8::Value> value;
  if (!object->GetPrivate(context, Key(v8::Isolate::GetCurrent(), which)).ToLocal(&value) || !value->IsNumber()) {
    return std::nullopt;
  }
  return static_cast<uint64_t>(value.As<v8::Number>()->Value());
}

void WritePrivateId(v8::Local<v8::Context> context, v8::Local<v8::Object> object, PrivateId which, uint64_t id) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  // Fails only when the isolate is out of memory or terminating; the object is then not recognised when it comes back.
  if (object->SetPrivate(context, Key(isolate, which), v8::Number::New(isolate, static_cast<double>(id))).IsNothing()) {
    return;
  }
}

}  // namespace isolet
