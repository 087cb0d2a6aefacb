// Which keys were written already, and under which number. Named keys of objects are unique strings in V8: the same
// text is the same object.
#pragma once

#include <vector>

#include "v8/v8.h"

namespace isolet::value {

class KeyTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  KeyTable() = default;
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;

  // The number of `key`, or kNone.
  uint32_t Find(v8::Local<v8::String> key) const {
    const Entry& entry = *Place(key);
    return entry.key.IsEmpty() ? kNone : entry.number;
  }
  // One that is not there.
  void Add(v8::Local<v8::String> key, uint32_t number);
  // Forgets the numbers from `number` on. Answers how many places it went through.
  uint32_t Truncate(uint32_t number);

 private:
  static constexpr uint32_t kFirst = 32;

  struct Entry {
    v8::Local<v8::String> key;
    uint32_t number;
  };

  const Entry* Place(v8::Local<v8::String> key) const {
    uint32_t at = static_cast<uint32_t>(key->GetIdentityHash()) & (size_ - 1);
    while (!entries_[at].key.IsEmpty() && entries_[at].key != key) at = (at + 1) & (size_ - 1);
    return &entries_[at];
  }

  // At most half full. The first are in place, because most messages have few keys.
  Entry first_[kFirst];
  std::vector<Entry> more_;
  Entry* entries_ = first_;
  uint32_t size_ = kFirst;
  uint32_t count_ = 0;
};

}  // namespace isolet::value
