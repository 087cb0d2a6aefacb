// Values that cross by themselves, without a message: undefined, null, booleans and numbers. No code runs, and they
// cost less than any limit on a message that is at least kLeastBytes.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "v8/v8.h"
#include "value/message.h"
#include "value/plain.h"

namespace isolet::value {

// What a list of as many as fit is sure to cost less than.
inline constexpr size_t kLeastBytes = 1024;

// Whether messages with these limits could carry them anyway.
inline bool PrimitivesFit(const Limits& limits) { return limits.max_bytes >= kLeastBytes && limits.max_depth > 0; }

// Nothing: it takes a message.
inline std::optional<Primitive> ToPrimitive(v8::Local<v8::Value> value) {
  if (value->IsNumber()) {
    const double number = value.As<v8::Number>()->Value();
    // Of all that is not a number V8 takes one pattern of bits only.
    return Primitive{Primitive::Kind::kNumber, std::isnan(number) ? std::nan("") : number};
  }
  if (value->IsUndefined()) return Primitive{Primitive::Kind::kUndefined};
  if (value->IsBoolean()) return Primitive{value->IsTrue() ? Primitive::Kind::kTrue : Primitive::Kind::kFalse};
  if (value->IsNull()) return Primitive{Primitive::Kind::kNull};
  return std::nullopt;
}

inline v8::Local<v8::Value> FromPrimitive(v8::Isolate* isolate, const Primitive& primitive) {
  switch (primitive.kind) {
    case Primitive::Kind::kNull:
      return v8::Null(isolate);
    case Primitive::Kind::kFalse:
    case Primitive::Kind::kTrue:
      return v8::Boolean::New(isolate, primitive.kind == Primitive::Kind::kTrue);
    case Primitive::Kind::kNumber:
      return v8::Number::New(isolate, primitive.number);
    default:
      return v8::Undefined(isolate);
  }
}

// A few of them.
class Primitives {
 public:
  static constexpr size_t kMost = 8;

  // False: it is none, or there is no room.
  bool Add(v8::Local<v8::Value> value) {
    if (count_ == kMost) return false;
    std::optional<Primitive> primitive = ToPrimitive(value);
    return primitive && Add(*primitive);
  }
  bool Add(const Primitive& primitive) {
    if (count_ == kMost) return false;
    values_[count_++] = primitive;
    return true;
  }
  size_t size() const { return count_; }
  const Primitive& operator[](size_t index) const { return values_[index]; }

 private:
  size_t count_ = 0;
  std::array<Primitive, kMost> values_;
};

}  // namespace isolet::value
