// Which objects were written already, by real identity. The first few are compared one by one, because asking an object
// for its identity hash costs more than that (V8 has to store the hash in it); hashes are not unique, so they only
// choose where to compare.
#pragma once

#include <vector>

#include "v8/v8.h"
#include "value/short_list.h"

namespace isolet::value {

class IdentityMap {
 public:
  static constexpr uint32_t kNew = UINT32_MAX;

  IdentityMap() = default;
  IdentityMap(const IdentityMap&) = delete;
  IdentityMap& operator=(const IdentityMap&) = delete;

  // The number of `object`, or kNew, in which case it got the next one.
  uint32_t FindOrAdd(v8::Local<v8::Object> object);
  // As above, without adding.
  uint32_t Find(v8::Local<v8::Object> object) const;
  // A number for an object nothing will refer to.
  uint32_t Skip();
  // Forgets the numbers from `count` on.
  void Truncate(uint32_t count);
  // How many numbers were given.
  uint32_t count() const { return count_; }

 private:
  static constexpr uint32_t kLinear = 16;

  struct Entry {
    v8::Local<v8::Object> object;  // empty: skipped
    uint32_t hash;
    uint32_t next;
  };

  uint32_t FindHashed(v8::Local<v8::Object> object, uint32_t hash) const;
  void Add(v8::Local<v8::Object> object, uint32_t hash);
  void Link(uint32_t number);
  void Rehash();

  uint32_t count_ = 0;
  ShortList<v8::Local<v8::Object>, kLinear> first_;
  // Once there are more than kLinear: all of them, chained by hash.
  std::vector<Entry> entries_;
  std::vector<uint32_t> buckets_;
};

}  // namespace isolet::value
