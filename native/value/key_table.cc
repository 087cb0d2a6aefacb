#include "value/key_table.h"

namespace isolet::value {

uint32_t KeyTable::FindPlaced(v8::Local<v8::String> key) const {
  const size_t mask = places_.size() - 1;
  for (size_t at = static_cast<uint32_t>(key->GetIdentityHash()) & mask; places_[at] != kNone; at = (at + 1) & mask) {
    if (entries_[places_[at]].key == key) return entries_[places_[at]].number;
  }
  return kNone;
}

void KeyTable::Add(v8::Local<v8::String> key, uint32_t number) {
  entries_.push_back({key, number});
  if (entries_.size() <= kLinear) return;
  if (2 * entries_.size() > places_.size()) {
    PlaceAll(places_.empty() ? 4 * kLinear : 2 * places_.size());
  } else {
    Place(static_cast<uint32_t>(entries_.size() - 1));
  }
}

void KeyTable::Place(uint32_t entry) {
  const size_t mask = places_.size() - 1;
  size_t at = static_cast<uint32_t>(entries_[entry].key->GetIdentityHash()) & mask;
  while (places_[at] != kNone) at = (at + 1) & mask;
  places_[at] = entry;
}

void KeyTable::PlaceAll(size_t places) {
  places_.assign(places, kNone);
  for (uint32_t i = 0; i < entries_.size(); i++) Place(i);
}

uint32_t KeyTable::Truncate(uint32_t number) {
  size_t count = entries_.size();
  while (count != 0 && entries_[count - 1].number >= number) count--;
  entries_.resize(count);
  if (places_.empty()) return static_cast<uint32_t>(count) + 1;
  const size_t places = places_.size();
  if (count > kLinear) {
    PlaceAll(places);
  } else {
    places_.clear();
  }
  return static_cast<uint32_t>(places);
}

}  // namespace isolet::value
