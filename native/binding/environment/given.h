// Reading what JavaScript handed to the addon, through V8: these either can't fail or say so in their type. The readers
// of node-addon-api answer something even when they failed, an uninitialised pointer or nothing, and leave an exception
// pending for somebody to look at; scripts/lint-native.mjs keeps them out.
//
// The environment's thread, inside a handle scope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "binding/environment/napi.h"
#include "calls/limits.h"

namespace isolet {

// What is of another type reads as `missing`, nothing, false.
double NumberOf(v8::Local<v8::Value> value, double missing = 0);
uint64_t IdOf(v8::Local<v8::Value> value);
bool FlagOf(v8::Local<v8::Value> value, bool missing = false);
// With its lone surrogates, see v8/strings.h.
std::string TextOf(v8::Isolate* isolate, v8::Local<v8::Value> value);
// A copy of what a view shows now: also of shared memory, which others may change meanwhile. Nothing if it is no view.
std::optional<std::string> BytesOf(v8::Local<v8::Value> value);

// The arguments of one native call, by their place in lib/native.ts.
class Given {
 public:
  explicit Given(const Napi::CallbackInfo& info) : info_(info) {}
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;

  v8::Isolate* isolate() const { return v8::Isolate::GetCurrent(); }
  // Undefined where nothing was given.
  v8::Local<v8::Value> operator[](size_t index) const { return ToV8(info_[index]); }

  double Number(size_t index) const { return NumberOf((*this)[index]); }
  uint64_t Id(size_t index) const { return IdOf((*this)[index]); }
  bool Flag(size_t index) const { return FlagOf((*this)[index]); }
  std::string Text(size_t index) const { return TextOf(isolate(), (*this)[index]); }
  // Two numbers: wall clock, processor.
  CallLimits Limits(size_t first) const { return {Number(first), Number(first + 1)}; }

 private:
  const Napi::CallbackInfo& info_;
};

// The properties of an object of options. One that can't be read (a getter threw) leaves its exception pending and
// reads as missing: ask `failed` before the result is used.
class GivenOptions {
 public:
  explicit GivenOptions(v8::Local<v8::Object> object)
      : isolate_(v8::Isolate::GetCurrent()), context_(isolate_->GetCurrentContext()), object_(object) {}
  GivenOptions(const GivenOptions&) = delete;
  GivenOptions& operator=(const GivenOptions&) = delete;

  v8::Local<v8::Value> operator[](const char* name);
  double Number(const char* name, double missing = 0) { return NumberOf((*this)[name], missing); }
  bool Flag(const char* name, bool missing) { return FlagOf((*this)[name], missing); }
  std::string Text(const char* name) { return TextOf(isolate_, (*this)[name]); }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  v8::Isolate* const isolate_;
  const v8::Local<v8::Context> context_;
  const v8::Local<v8::Object> object_;
  bool failed_ = false;
};

// The other direction.
inline Napi::Value Returned(Napi::Env env, v8::Local<v8::Value> value) { return Napi::Value(env, ToNapi(value)); }
// Undefined if it is empty: an exception is pending.
Napi::Value ReturnedOrThrown(Napi::Env env, v8::MaybeLocal<v8::Value> value);
// A pending TypeError, about a misuse that lib/ should have refused.
void ThrowMisuse(const char* what);

}  // namespace isolet
