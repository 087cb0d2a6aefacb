#include "value/identity_map.h"

namespace isolet::value {

namespace {

uint32_t HashOf(v8::Local<v8::Object> object) {
  return object.IsEmpty() ? 0 : static_cast<uint32_t>(object->GetIdentityHash()) * 0x9e3779b1u;
}

}  // namespace

uint32_t IdentityMap::FindOrAdd(v8::Local<v8::Object> object) {
  if (count_ > kLinear) {
    const uint32_t hash = HashOf(object);
    const uint32_t found = FindHashed(object, hash);
    if (found == kNew) Add(object, hash);
    return found;
  }
  const uint32_t found = Find(object);
  if (found == kNew) Add(object, count_ == kLinear ? HashOf(object) : 0);
  return found;
}

uint32_t IdentityMap::Find(v8::Local<v8::Object> object) const {
  if (count_ > kLinear) return FindHashed(object, HashOf(object));
  for (uint32_t i = 0; i < count_; i++) {
    if (!first_[i].IsEmpty() && first_[i] == object) return i;
  }
  return kNew;
}

uint32_t IdentityMap::Skip() {
  Add(v8::Local<v8::Object>(), 0);
  return count_ - 1;
}

void IdentityMap::Truncate(uint32_t count) {
  if (count <= kLinear) {
    first_.resize(count);
    entries_.clear();
    buckets_.clear();
  }
  // Newer entries come first in their chains.
  while (entries_.size() > count) {
    const Entry& last = entries_.back();
    if (!last.object.IsEmpty()) buckets_[last.hash & (buckets_.size() - 1)] = last.next;
    entries_.pop_back();
  }
  count_ = count;
}

uint32_t IdentityMap::FindHashed(v8::Local<v8::Object> object, uint32_t hash) const {
  for (uint32_t i = buckets_[hash & (buckets_.size() - 1)]; i != kNew; i = entries_[i].next) {
    if (entries_[i].hash == hash && entries_[i].object == object) return i;
  }
  return kNew;
}

void IdentityMap::Add(v8::Local<v8::Object> object, uint32_t hash) {
  if (count_ < kLinear) {
    first_.push_back(object);
    count_++;
    return;
  }
  if (count_ == kLinear) {
    entries_.reserve(4 * kLinear);
    for (const auto& first : first_) entries_.push_back({first, HashOf(first), kNew});
  }
  entries_.push_back({object, hash, kNew});
  count_++;
  if (count_ > buckets_.size()) {
    Rehash();
  } else {
    Link(count_ - 1);
  }
}

void IdentityMap::Link(uint32_t number) {
  Entry* entry = &entries_[number];
  if (entry->object.IsEmpty()) return;
  uint32_t* bucket = &buckets_[entry->hash & (buckets_.size() - 1)];
  entry->next = *bucket;
  *bucket = number;
}

void IdentityMap::Rehash() {
  buckets_.assign(buckets_.empty() ? 4 * kLinear : 4 * buckets_.size(), kNew);
  for (uint32_t i = 0; i < count_; i++) Link(i);
}

}  // namespace isolet::value
