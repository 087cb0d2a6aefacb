#include "realm/buffer_numbers.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "v8/strings.h"

namespace isolet {
namespace {

// More pages than a memory may have, whatever its addresses are.
constexpr uint64_t kTooManyPages[] = {UINT32_MAX, UINT64_MAX};

void ThrowUndefined(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetIsolate()->ThrowException(v8::Undefined(info.GetIsolate()));
}

}  // namespace

v8::Maybe<double> ToInteger(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
  v8::Local<v8::Number> number;
  if (!value->ToNumber(context).ToLocal(&number)) return v8::Nothing<double>();
  return v8::Just(number->Value());
}

v8::MaybeLocal<v8::Value> ReadNumber(v8::Local<v8::Context> context, v8::Local<v8::Value> value, bool is_long) {
  if (!value->IsObject()) return value;
  if (!is_long) return ToNumeric(context, value);
  v8::Local<v8::BigInt> number;
  if (!value->ToBigInt(context).ToLocal(&number)) return {};
  return number;
}

v8::MaybeLocal<v8::Object> ReadOnce(v8::Local<v8::Context> context, v8::Local<v8::Object> options,
                                    std::initializer_list<const char*> names) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Object> copy = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  for (const char* name : names) {
    v8::Local<v8::String> key = Name(isolate, name);
    v8::Local<v8::Value> value;
    if (!options->Get(context, key).ToLocal(&value)) return {};
    if (value->IsUndefined()) continue;
    if (std::strcmp(name, "address") == 0 || std::strcmp(name, "index") == 0) {
      v8::Local<v8::String> text;
      if (!value->ToString(context).ToLocal(&text)) return {};
      value = text;
    } else if (!ReadNumber(context, value, IsLong(context, copy)).ToLocal(&value)) {
      return {};
    }
    if (copy->CreateDataProperty(context, key, value).IsNothing()) return {};
  }
  return copy;
}

bool IsLong(v8::Local<v8::Context> context, v8::Local<v8::Object> descriptor) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> address;
  return kHasLongMemories && descriptor->Get(context, Name(isolate, "address")).ToLocal(&address) &&
         address->IsString() && address.As<v8::String>()->StringEquals(Name(isolate, "i64"));
}

double NumberOf(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  if (value->IsBigInt()) {
    bool lossless = false;
    const uint64_t number = value.As<v8::BigInt>()->Uint64Value(&lossless);
    return lossless ? static_cast<double>(number) : kNaN;
  }
  return value->IsSymbol() ? kNaN : value->NumberValue(context).FromMaybe(kNaN);
}

double NumberAt(v8::Local<v8::Context> context, v8::Local<v8::Object> options, const char* name) {
  v8::Local<v8::Value> value;
  if (!options->Get(context, Name(v8::Isolate::GetCurrent(), name)).ToLocal(&value)) return 0;
  return NumberOf(context, value);
}

bool RefusesMemory(v8::Local<v8::Context> context, v8::Local<v8::Function> constructor,
                   v8::Local<v8::Object> descriptor) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Function> stop;
  v8::Local<v8::Object> copy, made;
  if (!ReadOnce(context, descriptor, {"address", "index", "initial", "maximum"}).ToLocal(&copy) ||
      !v8::Function::New(context, ThrowUndefined, {}, 0, v8::ConstructorBehavior::kThrow).ToLocal(&stop)) {
    return false;
  }
  // What V8 asks for last: when it does, it has found nothing wrong.
  v8::PropertyDescriptor getter(stop, v8::Undefined(isolate));
  v8::Local<v8::Value> argument = copy;
  if (!copy->DefineProperty(context, Name(isolate, "shared"), getter).FromMaybe(false) ||
      constructor->NewInstance(context, 1, &argument).ToLocal(&made)) {
    return false;
  }
  return catcher.HasCaught() && !catcher.HasTerminated() && !catcher.Exception()->IsUndefined();
}

bool IsLongMemory(v8::Local<v8::Context> context, v8::Local<v8::Function> grow, v8::Local<v8::Object> memory) {
  v8::Local<v8::Value> zero = v8::BigInt::New(v8::Isolate::GetCurrent(), 0);
  return kHasLongMemories && TakesPages(context, grow, memory, zero);
}

bool TakesPages(v8::Local<v8::Context> context, v8::Local<v8::Function> grow, v8::Local<v8::Object> memory,
                v8::Local<v8::Value> pages) {
  // Text is taken for both kinds of addresses.
  if (!pages->IsNumber() && !pages->IsBigInt()) return true;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> grown, most = v8::Number::New(isolate, static_cast<double>(kTooManyPages[0]));
  if (pages->IsBigInt()) most = v8::BigInt::NewFromUnsigned(isolate, kTooManyPages[1]);
  if (grow->Call(context, memory, 1, &most).ToLocal(&grown) || !catcher.HasCaught() || catcher.HasTerminated()) {
    return true;
  }
  // Too many is a RangeError. What is no number for these addresses is a TypeError.
  v8::Local<v8::Value> error = catcher.Exception();
  return !error->IsObject() || !error.As<v8::Object>()->GetConstructorName()->StringEquals(Name(isolate, "TypeError"));
}

}  // namespace isolet
