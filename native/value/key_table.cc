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

}  // namespace isolet::value
