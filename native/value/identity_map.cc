#include "value/identity_map.h"

namespace isolet::value {

namespace {

uint32_t Mix(int hash) { return static_cast<uint32_t>(hash) * 0x9e3779b1u; }

}  // namespace

uint32_t IdentityMap::FindOrAdd(v8::Local<v8::Object> object) {
  const uint32_t found = Find(object);
  if (found == kNew) Add(object);
  return found;
}

uint32_t IdentityMap::Find(v8::Local<v8::Object> object) const {
  if (count_ > kLinear) return FindHashed(object);
  for (uint32_t i = 0; i < count_; i++) {
    if (!first_[i].IsEmpty() && first_[i] == object) return i;
  }
  return kNew;
}

void IdentityMap::Skip() { Add(v8::Local<v8::Object>()); }

uint32_t IdentityMap::FindHashed(v8::Local<v8::Object> object) const {
  const uint32_t bucket = Mix(object->GetIdentityHash()) & (buckets_.size() - 1);
  for (uint32_t i = buckets_[bucket]; i != kNew; i = entries_[i].next) {
    if (entries_[i].object == object) return i;
  }
  return kNew;
}

void IdentityMap::Add(v8::Local<v8::Object> object) {
  if (count_ < kLinear) {
    first_[count_++] = object;
    return;
  }
  if (count_ == kLinear) {
    entries_.reserve(4 * kLinear);
    for (const auto& first : first_) entries_.push_back({first, kNew});
  }
  entries_.push_back({object, kNew});
  count_++;
  if (count_ > buckets_.size()) {
    Rehash();
  } else if (!object.IsEmpty()) {
    uint32_t* bucket = &buckets_[Mix(object->GetIdentityHash()) & (buckets_.size() - 1)];
    entries_.back().next = *bucket;
    *bucket = count_ - 1;
  }
}

void IdentityMap::Rehash() {
  buckets_.assign(buckets_.empty() ? 4 * kLinear : 4 * buckets_.size(), kNew);
  for (uint32_t i = 0; i < count_; i++) {
    if (entries_[i].object.IsEmpty()) continue;
    uint32_t* bucket = &buckets_[Mix(entries_[i].object->GetIdentityHash()) & (buckets_.size() - 1)];
    entries_[i].next = *bucket;
    *bucket = i;
  }
}

}  // namespace isolet::value
