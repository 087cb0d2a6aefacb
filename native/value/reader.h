// Reads the encoded form and believes none of it: every read says whether the bytes were there.
#pragma once

#include <cstring>

#include "value/wire.h"

namespace isolet::value {

class Reader {
 public:
  Reader(const uint8_t* data, size_t size) : start_(data), at_(data), end_(data + size) {}

  bool Byte(uint8_t* out) {
    if (at_ == end_) return false;
    *out = *at_++;
    return true;
  }
  bool Varint(uint64_t* out) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      uint8_t byte;
      if (!Byte(&byte)) return false;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) {
        *out = value;
        return true;
      }
    }
    return false;
  }
  bool Varint32(uint32_t* out) {
    uint64_t value;
    if (!Varint(&value) || value > UINT32_MAX) return false;
    *out = static_cast<uint32_t>(value);
    return true;
  }
  bool Double(double* out) {
    const uint8_t* raw;
    if (!Raw(sizeof(double), &raw)) return false;
    std::memcpy(out, raw, sizeof(double));
    return true;
  }
  bool Raw(size_t count, const uint8_t** out) {
    if (count > Left()) return false;
    *out = at_;
    at_ += count;
    return true;
  }
  bool AlignToTwo() {
    uint8_t pad;
    return ((at_ - start_) & 1) == 0 || Byte(&pad);
  }

  // Only with something left.
  Tag Peek() const { return static_cast<Tag>(*at_); }
  void Skip() { at_++; }

  size_t Left() const { return static_cast<size_t>(end_ - at_); }
  bool AtEnd() const { return at_ == end_; }

 private:
  const uint8_t* start_;
  const uint8_t* at_;
  const uint8_t* end_;
};

}  // namespace isolet::value
