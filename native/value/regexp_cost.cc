#include "value/regexp_cost.h"

#include <vector>

namespace isolet::value {

namespace {

// In characters: how V8's time and memory compare, as measured. Sets of characters grow with each class escape once
// letters may match other letters, and properties may stand for thousands of strings with the flag v.
constexpr uint64_t kSetCharacter = 16;
constexpr uint64_t kClassEscape = 256;
constexpr uint64_t kSetProperty = 16 * 1024;

bool IsClassEscape(uint16_t unit) {
  constexpr uint16_t kLowerCase = 0x20;
  const uint16_t letter = unit | kLowerCase;
  return letter == 'w' || letter == 's' || letter == 'd' || letter == 'p';
}

}  // namespace

uint64_t RegExpCost(v8::Isolate* isolate, v8::Local<v8::String> source, int flags) {
  const auto length = static_cast<uint32_t>(source->Length());
  const bool sets = (flags & v8::RegExp::kUnicodeSets) != 0;
  uint64_t cost = uint64_t{length} * (sets ? kSetCharacter : 1);
  if (cost > kMaxRegExpCost || (!sets && (flags & v8::RegExp::kUnicode) == 0)) return cost;
  std::vector<uint16_t> units(length);
  CopyTwoByte(isolate, source, units.data(), length);
  for (uint32_t i = 0; i + 1 < length; i++) {
    if (units[i] != '\\') continue;
    const uint16_t escaped = units[++i];
    if (!IsClassEscape(escaped)) continue;
    cost += sets && (escaped == 'p' || escaped == 'P') ? kSetProperty : kClassEscape;
  }
  return cost;
}

}  // namespace isolet::value
