// Bytes that are written right after room was made for them: growing clears nothing. Few are in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace isolet::value {

class Bytes {
 public:
  Bytes() = default;
  Bytes(const uint8_t* from, size_t size) {
    Resize(size);
    if (size != 0) std::memcpy(data(), from, size);
  }
  ~Bytes() { std::free(memory_); }
  Bytes(Bytes&& other) noexcept { Take(other); }
  Bytes& operator=(Bytes&& other) noexcept {
    if (this == &other) return *this;
    std::free(memory_);
    Take(other);
    return *this;
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  uint8_t* data() { return memory_ != nullptr ? memory_ : room_; }
  const uint8_t* data() const { return memory_ != nullptr ? memory_ : room_; }
  size_t size() const { return size_; }
  uint8_t& operator[](size_t at) { return data()[at]; }
  uint8_t operator[](size_t at) const { return data()[at]; }

  // What is new is for the caller to fill.
  void Resize(size_t size) {
    if (size > capacity_) Allocate(size);
    size_ = size;
  }
  void Append(uint8_t byte) {
    Resize(size_ + 1);
    data()[size_ - 1] = byte;
  }
  void ShrinkToFit() {
    if (memory_ != nullptr && size_ != 0 && size_ < capacity_) Allocate(size_);
  }

 private:
  static constexpr size_t kInPlace = 40;

  void Allocate(size_t capacity) {
    auto* memory = static_cast<uint8_t*>(std::realloc(memory_, capacity));
    if (memory == nullptr) std::abort();
    if (memory_ == nullptr) std::memcpy(memory, room_, size_);
    memory_ = memory;
    capacity_ = capacity;
  }
  // Leaves `other` empty.
  void Take(Bytes& other) {
    memory_ = std::exchange(other.memory_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, kInPlace);
    if (memory_ == nullptr) std::memcpy(room_, other.room_, kInPlace);
  }

  uint8_t* memory_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = kInPlace;
  alignas(8) uint8_t room_[kInPlace];
};

}  // namespace isolet::value
