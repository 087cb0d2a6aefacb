// A value that crosses by itself, without a message. Plain data that may go to any thread; how it is read and made
// stands in value/primitive.h.
#pragma once

#include <cstdint>

namespace isolet::value {

struct Primitive {
  enum class Kind : uint8_t { kUndefined, kNull, kFalse, kTrue, kNumber };
  Kind kind = Kind::kUndefined;
  double number = 0;
};

}  // namespace isolet::value
