// Ends a guest whose heap is at its limit, before V8 gives up the process.
//
// The callback runs on the guest's thread in the middle of an allocation. It asks the gate to stop the guest for good
// and lends V8 some room, in steps, because many built-ins check for termination only between allocations: with room
// they unwind, without it V8 calls the out-of-memory handler and nothing can unwind.
#pragma once

#include <atomic>
#include <cstddef>

#include "calls/gate.h"
#include "v8/v8.h"

namespace isolet {

class ArrayBufferAllocator;

class HeapLimit {
 public:
  HeapLimit(Gate& gate, size_t limit) : gate_(gate), limit_(limit) {}
  HeapLimit(const HeapLimit&) = delete;
  HeapLimit& operator=(const HeapLimit&) = delete;

  // Before the first line of guest code. The callback stays until the isolate is gone.
  void Install(v8::Isolate* isolate, const ArrayBufferAllocator& buffers);
  // A full collection now, where the heap may be above the limit already: V8 would give up over it. One that still is
  // afterwards ends the guest. The holder of the isolate's lock.
  void Collect();
  // From here on the heap may grow as it likes: no guest code runs any more. The isolate is not in use.
  void Lift() { lifted_.store(true, std::memory_order_relaxed); }
  // Ends the guest with HeapLimit as the reason; any thread. `used`: with what was asked for and not granted, as far as
  // that is known.
  void Exceeded(size_t used);
  // For whatever reason.
  bool stopped() const { return gate_.stopped_for_good(); }
  bool exceeded() const { return exceeded_.load(std::memory_order_relaxed); }

 private:
  static size_t OnNearLimit(void* data, size_t current, size_t initial);

  Gate& gate_;
  const size_t limit_;  // as asked for; 0 = V8's own
  const ArrayBufferAllocator* buffers_ = nullptr;
  v8::Isolate* isolate_ = nullptr;
  std::atomic<bool> lifted_{false};
  std::atomic<bool> exceeded_{false};
  size_t lent_ = 0;          // guest thread
  bool collecting_ = false;  // guest thread
};

}  // namespace isolet
