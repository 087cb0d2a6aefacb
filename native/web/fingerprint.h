// A number that tells one text or list from another: FNV-1a, against mistakes and not against forgery. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace isolet {

class Fingerprint {
 public:
  void Add(std::string_view part) {
    for (char c : part) Mix(static_cast<unsigned char>(c));
    Mix(0xff);  // where a part ends takes part
  }
  uint64_t value() const { return value_; }

 private:
  void Mix(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3ull; }

  uint64_t value_ = 0xcbf29ce484222325ull;
};

}  // namespace isolet
