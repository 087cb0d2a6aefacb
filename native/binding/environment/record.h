// Plain objects for lib/. The environment's thread, inside a handle scope.
#pragma once

#include <string>

#include "v8/strings.h"
#include "v8/v8.h"

namespace isolet {

// A plain object under construction. A set that fails (out of memory) leaves the property out.
class Record {
 public:
  Record(v8::Isolate* isolate, v8::Local<v8::Context> context)
      : isolate_(isolate), context_(context), object_(v8::Object::New(isolate_)) {}
  // For lib/ itself: without a prototype, so that what is left out is undefined whatever is on Object.prototype.
  enum Bare { kBare };
  Record(v8::Isolate* isolate, v8::Local<v8::Context> context, Bare)
      : isolate_(isolate),
        context_(context),
        object_(v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0)) {}
  explicit Record(v8::Isolate* isolate) : Record(isolate, isolate->GetCurrentContext()) {}

  Record& Set(const char* name, v8::Local<v8::Value> value) {
    if (object_->CreateDataProperty(context_, Name(isolate_, name), value).IsNothing()) return *this;
    return *this;
  }
  Record& Set(const char* name, double value) { return Set(name, v8::Number::New(isolate_, value)); }
  Record& Set(const char* name, bool value) { return Set(name, v8::Boolean::New(isolate_, value).As<v8::Value>()); }
  Record& Set(const char* name, const std::string& value) {
    v8::Local<v8::String> text;
    return FromUtf8(isolate_, value).ToLocal(&text) ? Set(name, text.As<v8::Value>()) : *this;
  }
  Record& Set(const char* name, const char* value) { return Set(name, std::string(value)); }
  Record& SetOrNull(const char* name, const std::string* value) {
    return value != nullptr ? Set(name, *value) : Set(name, v8::Null(isolate_).As<v8::Value>());
  }
  Record& SetOrNull(const char* name, int value) {
    return value > 0 ? Set(name, static_cast<double>(value)) : Set(name, v8::Null(isolate_).As<v8::Value>());
  }

  v8::Local<v8::Value> object() const { return object_; }

 private:
  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  v8::Local<v8::Object> object_;
};

}  // namespace isolet
