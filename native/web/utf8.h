// UTF-8 as the Encoding Standard has it, without V8: what is malformed becomes U+FFFD, one for each maximal part that
// could have begun a character; a surrogate without its other half becomes U+FFFD as well.
//
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isolet::utf8 {

// How many bytes from the start are ASCII.
size_t AsciiPrefix(const uint8_t* bytes, size_t size);

// Bytes that characters up to U+00FF take as UTF-8.
size_t LengthOfLatin1(const uint8_t* characters, size_t count);
// Returns how many bytes it wrote; at most 2 a character.
size_t FromLatin1(const uint8_t* characters, size_t count, uint8_t* out);

// Bytes that UTF-16 takes as UTF-8. A pair must not be cut at the end.
size_t LengthOfUtf16(const uint16_t* units, size_t count);
// Returns how many bytes it wrote; at most 3 a unit.
size_t FromUtf16(const uint16_t* units, size_t count, uint8_t* out);
// As much as fits into `size` bytes, whole characters only. Answers how many units it read and bytes it wrote.
struct Fitted {
  size_t read;
  size_t written;
};
Fitted FitUtf16(const uint16_t* units, size_t count, uint8_t* out, size_t size);

inline bool IsHighSurrogate(uint16_t unit) { return (unit & 0xFC00) == 0xD800; }
inline bool IsLowSurrogate(uint16_t unit) { return (unit & 0xFC00) == 0xDC00; }

// Takes bytes in pieces of any size.
class Decoder {
 public:
  // What lies between two pieces: a character of which not all bytes have come.
  struct State {
    uint32_t point = 0;
    uint8_t needed = 0;  // bytes that are missing
    uint8_t lower = 0x80;
    uint8_t upper = 0xBF;
  };

  Decoder() = default;
  explicit Decoder(const State& state) : state_(state) {}

  // Writes UTF-16, at most `size` + 1 units; returns how many.
  size_t Decode(const uint8_t* bytes, size_t size, uint16_t* out);
  // The end of the input: at most one unit.
  size_t Finish(uint16_t* out);

  // Something was malformed.
  bool failed() const { return failed_; }
  // Of all units that were written: above 0xFF if one was.
  uint16_t widest() const { return widest_; }
  const State& state() const { return state_; }

 private:
  const uint8_t* TakeWhole(const uint8_t* at, const uint8_t* end, uint16_t** written);
  uint16_t* Continue(const uint8_t** at, const uint8_t* end, uint16_t* out);
  uint16_t* Fail(uint16_t* out);

  State state_;
  bool failed_ = false;
  uint16_t widest_ = 0;
};

}  // namespace isolet::utf8
