// What an op of the web's APIs takes for as long as it runs, and what it makes: charged to the guest.
//
// The thread that holds the isolate's lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "v8/v8.h"

namespace isolet {

class ArrayBufferAllocator;

// Longer work looks between pieces of this many bytes whether the guest was stopped; a piece takes well below a
// millisecond.
inline constexpr size_t kOpSlice = 256 * 1024;

// The guest is being stopped: the op returns at once, and V8 unwinds its caller.
bool OpStopped(v8::Isolate* isolate);

// Memory of the op itself, given back at its end.
class OpMemory {
 public:
  explicit OpMemory(v8::Isolate* isolate);
  ~OpMemory();
  OpMemory(const OpMemory&) = delete;
  OpMemory& operator=(const OpMemory&) = delete;

  // Counts so many bytes that somebody else is about to allocate. False: a RangeError is pending, as for a buffer that
  // does not fit.
  bool Charge(size_t bytes);
  // Uninitialized; one per OpMemory. Null: a RangeError is pending.
  void* Allocate(size_t bytes);

 private:
  v8::Isolate* const isolate_;
  std::shared_ptr<ArrayBufferAllocator> allocator_;  // null while a snapshot is made
  size_t charged_ = 0;
  void* memory_ = nullptr;
};

// A Uint8Array that is still written to.
class NewBytes {
 public:
  // Uninitialized. False: a RangeError is pending.
  bool Allocate(v8::Isolate* isolate, size_t size);
  uint8_t* data() const { return static_cast<uint8_t*>(store_->Data()); }
  v8::Local<v8::Uint8Array> ToArray(v8::Isolate* isolate);

 private:
  std::shared_ptr<v8::BackingStore> store_;
};

}  // namespace isolet
