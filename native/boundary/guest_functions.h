// Functions of the guest that the host holds, by id. Each arrival at the host counts; an entry goes when the host has
// given all arrivals back. A function found as a property of an object keeps that object as its receiver: the same
// function in two objects is two entries. The thread that holds the isolate's lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <unordered_map>
#include <variant>

#include "boundary/held_handles.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

class GuestFunctions {
 public:
  explicit GuestFunctions(HeldHandles& held) : held_(held) {}
  GuestFunctions(const GuestFunctions&) = delete;
  GuestFunctions& operator=(const GuestFunctions&) = delete;

  // Counts one arrival; a failure if the host holds too much. `receiver` may be empty.
  std::variant<uint64_t, value::Failure> Export(v8::Local<v8::Context> context, v8::Local<v8::Function> function,
                                                v8::Local<v8::Object> receiver);
  // Empty if it was released.
  v8::MaybeLocal<v8::Function> Find(v8::Isolate* isolate, uint64_t id) const;
  // What it is called on when the host does not say; empty if it has none.
  v8::Local<v8::Object> Receiver(v8::Isolate* isolate, uint64_t id) const;
  void Release(uint64_t id, uint64_t count);
  // Before the isolate is disposed.
  void Clear();

  // Any thread.
  size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    v8::Global<v8::Function> function;
    v8::Global<v8::Object> receiver;
    uint64_t arrivals = 0;
    uint64_t own_id = 0;  // of the function
    uint64_t method = 0;  // where it is in ids_
  };

  HeldHandles& held_;
  std::unordered_map<uint64_t, Entry> entries_;
  // Ids of the entries by the own id of the function and the hash of the receiver: a guest may have one function on a
  // million objects.
  std::unordered_multimap<uint64_t, uint64_t> ids_;
  uint64_t next_id_ = 1;
  std::atomic<size_t> size_{0};
};

}  // namespace isolet
