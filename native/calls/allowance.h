// How many things, and bytes of them, a guest may have where its host has not read them. Any thread takes and gives
// back; takers take turns.
#pragma once

#include <atomic>
#include <cstddef>

namespace isolet {

class Allowance {
 public:
  Allowance(size_t most, size_t most_bytes) : most_(most), most_bytes_(most_bytes) {}
  Allowance(const Allowance&) = delete;
  Allowance& operator=(const Allowance&) = delete;

  // One more, of so many bytes. False: there is no room, nothing is taken.
  bool Take(size_t bytes) {
    if (count_.load(std::memory_order_relaxed) >= most_) return false;
    const size_t used = bytes_.load(std::memory_order_relaxed);
    if (used > most_bytes_ || bytes > most_bytes_ - used) return false;
    count_.fetch_add(1, std::memory_order_relaxed);
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    return true;
  }
  // One that was taken with so many bytes has been read.
  void GiveBack(size_t bytes) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }

 private:
  const size_t most_;
  const size_t most_bytes_;
  std::atomic<size_t> count_{0};
  std::atomic<size_t> bytes_{0};
};

}  // namespace isolet
