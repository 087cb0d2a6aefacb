// Reads the sections of a WebAssembly module's binary. After a failure everything reads as 0 and `ok()` is false.
// Bytes only; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace isolet {

class WasmReader {
 public:
  WasmReader(const uint8_t* at, const uint8_t* end) : at_(at), end_(end) {}

  bool ok() const { return ok_; }
  bool done() const { return at_ == end_; }

  uint8_t Byte() {
    if (at_ == end_) return Fail();
    return *at_++;
  }
  // LEB128; signed ones are only skipped, so their sign does not matter.
  uint64_t Number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      uint8_t byte = Byte();
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return Fail();
  }
  std::string_view Text() {
    uint64_t length = Number();
    if (length > static_cast<uint64_t>(end_ - at_)) {
      Fail();
      return {};
    }
    std::string_view text(reinterpret_cast<const char*>(at_), length);
    at_ += length;
    return text;
  }
  // What has not been read.
  std::string_view Rest() const { return {reinterpret_cast<const char*>(at_), static_cast<size_t>(end_ - at_)}; }
  WasmReader Section() {
    std::string_view content = Text();
    auto* start = reinterpret_cast<const uint8_t*>(content.data());
    return WasmReader(start, start + content.size());
  }
  void SkipValueType() {
    uint8_t type = Byte();
    // (ref null? heaptype)
    if (type == 0x63 || type == 0x64) Number();
  }
  // Answers the flags: 1 has a maximum, 2 shared, 4 64 bits, 8 its own page size.
  uint64_t SkipLimits() {
    uint64_t flags = Number();
    Number();
    if ((flags & 1) != 0) Number();
    if ((flags & 8) != 0) Number();
    return flags;
  }
  // Answers the kind: 2 is a memory.
  uint8_t SkipImportKind() {
    uint8_t kind = Byte();
    switch (kind) {
      case 0:
        Number();
        break;
      case 1:
        SkipValueType();
        SkipLimits();
        break;
      case 2:
        SkipLimits();
        break;
      case 3:
        SkipValueType();
        Byte();
        break;
      case 4:
        Byte();
        Number();
        break;
      default:
        Fail();
    }
    return kind;
  }

 private:
  uint8_t Fail() {
    ok_ = false;
    at_ = end_;
    return 0;
  }

  const uint8_t* at_;
  const uint8_t* end_;
  bool ok_ = true;
};

}  // namespace isolet
