// Calls that were answered while their code waited inside a guest: if it runs on, in somebody else's microtasks, it is
// stopped. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>

namespace isolet {

class Runaways {
 public:
  Runaways() = default;
  Runaways(const Runaways&) = delete;
  Runaways& operator=(const Runaways&) = delete;

  void Add(uint64_t call_id) {
    std::lock_guard<std::mutex> lock(mutex_);
    calls_.insert(call_id);
    any_.store(true, std::memory_order_release);
  }
  bool Has(uint64_t call_id) const {
    std::lock_guard<std::mutex> lock(mutex_);
    return calls_.contains(call_id);
  }
  void Clear() {
    if (!any_.load(std::memory_order_acquire)) return;
    std::lock_guard<std::mutex> lock(mutex_);
    calls_.clear();
    any_.store(false, std::memory_order_release);
  }

 private:
  mutable std::mutex mutex_;  // guards calls_; leaf lock
  std::set<uint64_t> calls_;
  std::atomic<bool> any_{false};  // written under mutex_
};

}  // namespace isolet
