// UTF-16 in either order and windows-1252 as the Encoding Standard decodes them, without V8.
//
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isolet {

// Takes bytes in pieces of any size. A surrogate without its other half becomes U+FFFD.
class Utf16Decoder {
 public:
  // What lies between two pieces.
  struct State {
    bool has_byte = false;  // half a unit
    uint8_t byte = 0;
    uint16_t lead = 0;  // a high surrogate that waits for a low one; 0: none
  };

  Utf16Decoder(const State& state, bool big_endian) : state_(state), big_endian_(big_endian) {}

  // Writes at most `size` / 2 + 2 units; returns how many.
  size_t Decode(const uint8_t* bytes, size_t size, uint16_t* out);
  // The end of the input: at most one unit.
  size_t Finish(uint16_t* out);

  bool failed() const { return failed_; }
  uint16_t widest() const { return widest_; }
  const State& state() const { return state_; }

 private:
  uint16_t* Take(uint16_t unit, uint16_t* out);
  uint16_t* Fail(uint16_t* out);

  State state_;
  const bool big_endian_;
  bool failed_ = false;
  uint16_t widest_ = 0;
};

// Every byte is a character.
class Windows1252Decoder {
 public:
  size_t Decode(const uint8_t* bytes, size_t size, uint16_t* out);
  size_t Finish(uint16_t*) { return 0; }
  bool failed() const { return false; }
  uint16_t widest() const { return widest_; }

 private:
  uint16_t widest_ = 0;
};

}  // namespace isolet
