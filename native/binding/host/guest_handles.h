// The JsFunctions of one runtime: one for each function of the guest's (or stream, which crosses as a function that
// reads it) as long as the host holds it. Weak: when one is collected, what arrived in it is given back, within the
// turn of the event loop in which that happens. The environment's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "v8/v8.h"
#include "value/message.h"

namespace isolet {

class RuntimeCore;

class GuestHandles {
 public:
  explicit GuestHandles(RuntimeCore& core) : core_(core) {}
  GuestHandles(const GuestHandles&) = delete;
  GuestHandles& operator=(const GuestHandles&) = delete;

  // What stands for `handle` in the host. Empty: an exception is pending, and the arrival was given back.
  v8::MaybeLocal<v8::Value> Arrive(const value::Handle& handle);
  // The host is done with function `id`: everything that arrived in it is given back.
  void Release(uint64_t id);
  // Streams that have not ended.
  size_t streams() const { return streams_; }

 private:
  struct Entry {
    v8::Global<v8::Object> function;
    GuestHandles* table = nullptr;
    uint64_t id = 0;
    uint64_t arrivals = 0;
    bool is_stream = false;
  };

  static void OnCollected(const v8::WeakCallbackInfo<Entry>& info);
  v8::MaybeLocal<v8::Object> Function(const value::Handle& handle);

  RuntimeCore& core_;
  // Entries have stable addresses: the weak callback refers to them.
  std::unordered_map<uint64_t, std::unique_ptr<Entry>> entries_;
  size_t streams_ = 0;
};

}  // namespace isolet
