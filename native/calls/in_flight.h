// Counts of what waits between a guest and its host, so that it can be bounded: each is given back when whatever holds
// it is done. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace isolet {

// Bytes that wait for the host, or calls that it works on; given back when whatever holds them is done.
class InFlight {
 public:
  InFlight(std::shared_ptr<std::atomic<size_t>> total, size_t amount) : total_(std::move(total)), amount_(amount) {
    total_->fetch_add(amount_, std::memory_order_relaxed);
  }
  ~InFlight() { total_->fetch_sub(amount_, std::memory_order_relaxed); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  const std::shared_ptr<std::atomic<size_t>> total_;
  const size_t amount_;
};

// Whether so many bytes more may wait beside what does. One by itself has its own limit.
inline bool MayWait(const std::atomic<size_t>& total, size_t more, size_t most) {
  const size_t waiting = total.load(std::memory_order_relaxed);
  return waiting == 0 || waiting + more <= most;
}

// A host call that is not answered: one of so many, and the bytes of its arguments.
struct OpenCall {
  OpenCall(std::shared_ptr<std::atomic<size_t>> calls, std::shared_ptr<std::atomic<size_t>> all_bytes, size_t size)
      : call(std::move(calls), 1), bytes(std::move(all_bytes), size) {}
  InFlight call;
  InFlight bytes;
};

}  // namespace isolet
