#include "web/utf16.h"

#include "web/utf8.h"

namespace isolet {
namespace {

constexpr uint16_t kReplacement = 0xFFFD;

// What windows-1252 has where Latin-1 has control characters.
constexpr uint16_t kFrom80[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

}  // namespace

uint16_t* Utf16Decoder::Fail(uint16_t* out) {
  failed_ = true;
  widest_ = kReplacement;
  *out++ = kReplacement;
  return out;
}

uint16_t* Utf16Decoder::Take(uint16_t unit, uint16_t* out) {
  if (state_.lead != 0) {
    const uint16_t lead = state_.lead;
    state_.lead = 0;
    if (utf8::IsLowSurrogate(unit)) {
      *out++ = lead;
      *out++ = unit;
      widest_ = kReplacement;
      return out;
    }
    out = Fail(out);
  }
  if (utf8::IsHighSurrogate(unit)) {
    state_.lead = unit;
    return out;
  }
  if (utf8::IsLowSurrogate(unit)) return Fail(out);
  widest_ |= unit;
  *out++ = unit;
  return out;
}

size_t Utf16Decoder::Decode(const uint8_t* bytes, size_t size, uint16_t* out) {
  uint16_t* const start = out;
  const int first = big_endian_ ? 8 : 0;
  const int second = 8 - first;
  size_t at = 0;
  if (state_.has_byte && size > 0) {
    out = Take(static_cast<uint16_t>(state_.byte << first | bytes[0] << second), out);
    state_.has_byte = false;
    at = 1;
  }
  for (; at + 2 <= size; at += 2) {
    out = Take(static_cast<uint16_t>(bytes[at] << first | bytes[at + 1] << second), out);
  }
  if (at < size) {
    state_.has_byte = true;
    state_.byte = bytes[at];
  }
  return static_cast<size_t>(out - start);
}

size_t Utf16Decoder::Finish(uint16_t* out) {
  // One for both: half a unit behind half a pair.
  if (!state_.has_byte && state_.lead == 0) return 0;
  state_ = State();
  Fail(out);
  return 1;
}

size_t Windows1252Decoder::Decode(const uint8_t* bytes, size_t size, uint16_t* out) {
  for (size_t i = 0; i < size; ++i) {
    const uint8_t byte = bytes[i];
    out[i] = byte >= 0x80 && byte < 0xA0 ? kFrom80[byte - 0x80] : byte;
    widest_ |= out[i];
  }
  return size;
}

}  // namespace isolet
