// Bytes that are written right after room was made for them: growing clears nothing.
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
    if (size != 0) std::memcpy(data_, from, size);
  }
  ~Bytes() { std::free(data_); }
  Bytes(Bytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Bytes& operator=(Bytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  uint8_t& operator[](size_t at) { return data_[at]; }
  uint8_t operator[](size_t at) const { return data_[at]; }

  // What is new is for the caller to fill.
  void Resize(size_t size) {
    if (size > capacity_) Allocate(size);
    size_ = size;
  }
  void Append(uint8_t byte) {
    Resize(size_ + 1);
    data_[size_ - 1] = byte;
  }
  void ShrinkToFit() {
    if (size_ != 0 && size_ < capacity_) Allocate(size_);
  }

 private:
  void Allocate(size_t capacity) {
    auto* data = static_cast<uint8_t*>(std::realloc(data_, capacity));
    if (data == nullptr) std::abort();
    data_ = data;
    capacity_ = capacity;
  }

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace isolet::value
