// Which keys were written already, and under which number. Named keys of objects are unique strings in V8: the same
// text is the same object.
#pragma once

#include <vector>

#include "v8/v8.h"
#include "value/short_list.h"

namespace isolet::value {

class KeyTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  KeyTable() = default;
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;

  // The number of `key`, or kNone.
  uint32_t Find(v8::Local<v8::String> key) const {
    if (!places_.empty()) return FindPlaced(key);
    for (const Entry& entry : entries_) {
      if (entry.key == key) return entry.number;
    }
    return kNone;
  }
  // One that is not there. Numbers only grow.
  void Add(v8::Local<v8::String> key, uint32_t number);
  // Forgets the numbers from `number` on. Answers how many places it went through.
  uint32_t Truncate(uint32_t number);

 private:
  // So many are compared one by one: that costs less than asking for their hashes.
  static constexpr uint32_t kLinear = 16;

  struct Entry {
    v8::Local<v8::String> key;
    uint32_t number;
  };

  uint32_t FindPlaced(v8::Local<v8::String> key) const;
  void Place(uint32_t entry);
  void PlaceAll(size_t places);

  ShortList<Entry, kLinear> entries_;
  // Once there are more than kLinear: the entries by hash, at most half full.
  std::vector<uint32_t> places_;
};

}  // namespace isolet::value
