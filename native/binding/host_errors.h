// Errors that host functions threw into the guest: if one comes out again, the host gets the same object. Only the
// newest are remembered, a guest can't make the host keep more. The environment's thread.
#pragma once

#include <cstdint>
#include <deque>

#include "engine/v8.h"

namespace isolet {

class HostErrors {
 public:
  HostErrors() = default;
  HostErrors(const HostErrors&) = delete;
  HostErrors& operator=(const HostErrors&) = delete;

  uint64_t Remember(v8::Isolate* isolate, v8::Local<v8::Value> error) {
    if (errors_.size() == kMax) {
      errors_.pop_front();
      ++first_;
    }
    errors_.emplace_back(isolate, error);
    return first_ + errors_.size() - 1;
  }

  // Empty if it was forgotten.
  v8::Local<v8::Value> Find(v8::Isolate* isolate, uint64_t id) const {
    if (id < first_ || id - first_ >= errors_.size()) return {};
    return errors_[id - first_].Get(isolate);
  }

 private:
  static constexpr size_t kMax = 256;

  std::deque<v8::Global<v8::Value>> errors_;
  uint64_t first_ = 1;  // id of the oldest
};

}  // namespace isolet
