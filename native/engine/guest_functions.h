// Functions of the guest that the host holds, by id. Each arrival at the host counts; an entry goes when the host has
// given all arrivals back. The thread that holds the isolate's lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <unordered_map>

#include "engine/isolate_lock.h"
#include "engine/v8.h"

namespace isolet {

class GuestFunctions {
 public:
  GuestFunctions() = default;
  GuestFunctions(const GuestFunctions&) = delete;
  GuestFunctions& operator=(const GuestFunctions&) = delete;

  // Counts one arrival.
  uint64_t Export(v8::Local<v8::Context> context, v8::Local<v8::Function> function);
  // Empty if it was released.
  v8::MaybeLocal<v8::Function> Find(v8::Isolate* isolate, uint64_t id) const;
  void Release(uint64_t id, uint64_t count);
  // Before the isolate is disposed.
  void Clear();

  // Any thread.
  size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    v8::Global<v8::Function> function;
    uint64_t arrivals = 0;
  };

  std::unordered_map<uint64_t, Entry> entries_;
  uint64_t next_id_ = 1;
  std::atomic<size_t> size_{0};
};

}  // namespace isolet
