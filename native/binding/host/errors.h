// Errors that host functions threw into the guest: if one comes out again, the host gets the same object. What is on
// its way to the guest is remembered until the guest has it, hundreds of loads may fail at once; of the others only the
// newest, a guest can't make the host keep more. The environment's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "v8/v8.h"

namespace isolet {

class HostErrors {
 public:
  HostErrors() = default;
  HostErrors(const HostErrors&) = delete;
  HostErrors& operator=(const HostErrors&) = delete;

  uint64_t Remember(v8::Isolate* isolate, v8::Local<v8::Value> error) {
    const uint64_t id = next_++;
    errors_.emplace(id, v8::Global<v8::Value>(isolate, error));
    Shelve(id);
    return id;
  }

  // A reply with this error (0: without one) goes to the guest's mailbox, which is emptied in order.
  void Sent(uint64_t id) {
    sent_.push_back(id);
    if (id != 0 && !shelf_.empty() && shelf_.back() == id) shelf_.pop_back();
  }
  // The guest has the oldest reply that was sent.
  void Taken() {
    if (sent_.empty()) return;
    const uint64_t id = sent_.front();
    sent_.pop_front();
    if (id != 0) Shelve(id);
  }

  // Empty if it was forgotten.
  v8::Local<v8::Value> Find(v8::Isolate* isolate, uint64_t id) const {
    auto found = errors_.find(id);
    return found == errors_.end() ? v8::Local<v8::Value>() : found->second.Get(isolate);
  }

 private:
  static constexpr size_t kMost = 256;

  void Shelve(uint64_t id) {
    shelf_.push_back(id);
    if (shelf_.size() <= kMost) return;
    errors_.erase(shelf_.front());
    shelf_.pop_front();
  }

  std::unordered_map<uint64_t, v8::Global<v8::Value>> errors_;
  std::deque<uint64_t> shelf_;  // that only we hold, oldest first
  std::deque<uint64_t> sent_;   // by reply
  uint64_t next_ = 1;
};

}  // namespace isolet
