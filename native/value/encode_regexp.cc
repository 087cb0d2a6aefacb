// Regular expressions. The receiver compiles them again, outside every limit: what that may take is bounded here.
#include <vector>

#include "value/encoder.h"

namespace isolet::value {

namespace {

constexpr uint64_t kMaxSource = 64 * 1024;
// Of the message: an object of the receiver's for each, and what V8 needs for each character.
constexpr size_t kBytesPerRegExp = 128;
constexpr size_t kBytesPerCharacter = 32;

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

uint64_t Encoder::RegExpCost(v8::Local<v8::String> source, int flags) {
  const auto length = static_cast<uint32_t>(source->Length());
  const bool sets = (flags & v8::RegExp::kUnicodeSets) != 0;
  uint64_t cost = uint64_t{length} * (sets ? kSetCharacter : 1);
  if (cost > kMaxSource || (!sets && (flags & v8::RegExp::kUnicode) == 0)) return cost;
  std::vector<uint16_t> units(length);
  CopyTwoByte(isolate_, source, units.data(), length);
  for (uint32_t i = 0; i + 1 < length; i++) {
    if (units[i] != '\\') continue;
    const uint16_t escaped = units[++i];
    if (!IsClassEscape(escaped)) continue;
    cost += sets && (escaped == 'p' || escaped == 'P') ? kSetProperty : kClassEscape;
  }
  return cost;
}

bool Encoder::WriteRegExp(v8::Local<v8::RegExp> regexp) {
  const v8::Local<v8::String> source = regexp->GetSource();
  const int flags = regexp->GetFlags();
  const uint64_t cost = RegExpCost(source, flags);
  if (cost > kMaxSource) {
    std::string what = "The source of a RegExp is too long to cross: it counts as " + std::to_string(cost) +
                       " characters, the limit is " + std::to_string(kMaxSource);
    return Fail({Failure::Kind::kUnsupported, std::move(what), {}, kMaxSource, cost});
  }
  const size_t bytes = kBytesPerRegExp + kBytesPerCharacter * static_cast<size_t>(cost);
  if (!out_.Charge(bytes)) return TooManyBytes(bytes);
  return WriteTagged(Tag::kRegExp, static_cast<uint64_t>(flags)) && WriteString(source);
}

}  // namespace isolet::value
