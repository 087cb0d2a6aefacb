// Calls that were answered while their code waited inside a guest: if it runs on, in somebody else's microtasks, it is
// stopped. Any thread.
#pragma once

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
  }
  bool Has(uint64_t call_id) const {
    std::lock_guard<std::mutex> lock(mutex_);
    return calls_.contains(call_id);
  }
  void Clear() {
    std::lock_guard<std::mutex> lock(mutex_);
    calls_.clear();
  }

 private:
  mutable std::mutex mutex_;  // guards calls_; leaf lock
  std::set<uint64_t> calls_;
};

}  // namespace isolet
