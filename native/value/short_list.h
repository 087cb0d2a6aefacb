// A list whose first items are in place: most messages have few of anything, and no memory is asked for then. Nothing
// is cleared that was not added. Of what may be moved as bytes.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <type_traits>

namespace isolet::value {

template <typename Item, size_t kInPlace>
class ShortList {
  static_assert(std::is_trivially_copyable_v<Item> && std::is_trivially_destructible_v<Item>);

 public:
  ShortList() = default;
  ~ShortList() {
    if (items_ != first()) std::free(items_);
  }
  ShortList(const ShortList&) = delete;
  ShortList& operator=(const ShortList&) = delete;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Item* data() { return items_; }
  const Item* data() const { return items_; }
  Item* begin() { return items_; }
  Item* end() { return items_ + size_; }
  const Item* begin() const { return items_; }
  const Item* end() const { return items_ + size_; }
  Item& operator[](size_t at) { return items_[at]; }
  const Item& operator[](size_t at) const { return items_[at]; }

  // A copy: `item` may be one of the list, which moves when it grows.
  void push_back(Item item) {
    if (size_ == capacity_) Grow(size_ + 1);
    new (&items_[size_++]) Item(item);
  }
  void append(const Item* items, size_t count) {
    if (size_ + count > capacity_) Grow(size_ + count);
    if (count != 0) std::memcpy(static_cast<void*>(items_ + size_), items, count * sizeof(Item));
    size_ += count;
  }
  // New ones are as `Item()` makes them.
  void resize(size_t size) {
    if (size > capacity_) Grow(size);
    for (size_t i = size_; i < size; i++) new (&items_[i]) Item();
    size_ = size;
  }

 private:
  Item* first() { return reinterpret_cast<Item*>(room_); }

  void Grow(size_t least) {
    const size_t capacity = least < 2 * capacity_ ? 2 * capacity_ : least;
    const bool in_place = items_ == first();
    auto* items = static_cast<Item*>(std::realloc(in_place ? nullptr : items_, capacity * sizeof(Item)));
    if (items == nullptr) std::abort();
    if (in_place) std::memcpy(static_cast<void*>(items), room_, size_ * sizeof(Item));
    items_ = items;
    capacity_ = capacity;
  }

  alignas(Item) std::byte room_[kInPlace * sizeof(Item)];
  Item* items_ = first();
  size_t size_ = 0;
  size_t capacity_ = kInPlace;
};

}  // namespace isolet::value
