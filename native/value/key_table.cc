#include "value/key_table.h"

#include <utility>

namespace isolet::value {

void KeyTable::Add(v8::Local<v8::String> key, uint32_t number) {
  if (2 * ++count_ > size_) {
    const std::vector<Entry> old(entries_, entries_ + size_);
    size_ *= 2;
    more_ = std::vector<Entry>(size_);
    entries_ = more_.data();
    for (const Entry& entry : old) {
      if (!entry.key.IsEmpty()) *const_cast<Entry*>(Place(entry.key)) = entry;
    }
  }
  *const_cast<Entry*>(Place(key)) = {key, number};
}

uint32_t KeyTable::Truncate(uint32_t number) {
  std::vector<Entry> kept;
  for (uint32_t i = 0; i < size_; i++) {
    Entry& entry = entries_[i];
    if (!entry.key.IsEmpty() && entry.number < number) kept.push_back(entry);
    entry.key.Clear();
  }
  count_ = static_cast<uint32_t>(kept.size());
  for (const Entry& entry : kept) *const_cast<Entry*>(Place(entry.key)) = entry;
  return size_;
}

}  // namespace isolet::value
