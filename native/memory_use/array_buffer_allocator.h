// Memory of a guest's ArrayBuffers, counted and bounded: it lives outside V8's heap, so V8's heap limit alone would let
// a guest take any amount of it.
//
// V8 may call it from any of its threads (sweeping frees); it outlives the isolate when a buffer moved away.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "memory_use/adopted_memory.h"
#include "v8/v8.h"

namespace isolet {

// V8's own words when an allocator refuses; there is no other way to know this RangeError from the guest's.
inline constexpr const char* kAllocationFailed = "Array buffer allocation failed";

class ArrayBufferAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  // Called on the guest's thread after `kPatience` refusals with nothing granted in between.
  using RefusedTooOften = void (*)(void* data);

  explicit ArrayBufferAllocator(size_t limit) : limit_(limit) {}
  ArrayBufferAllocator(const ArrayBufferAllocator&) = delete;
  ArrayBufferAllocator& operator=(const ArrayBufferAllocator&) = delete;

  void OnRefusedTooOften(RefusedTooOften callback, void* data) {
    callback_ = callback;
    callback_data_ = data;
  }

  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override;
  void Free(void* data, size_t length) override;

  // For memory that was allocated elsewhere and now counts as the guest's. False: over the limit. A single byte is
  // never refused: V8 is asked for one to make it look for garbage, and has no way to live without (MakeRoomFor).
  bool Charge(size_t length);
  void Uncharge(size_t length);
  // For memory that is somebody else's from now on, until it is freed here: how much less the guest has, and as much
  // again right before that.
  size_t UnchargeAtMost(size_t length);
  void ChargeAgain(size_t length) { used_.fetch_add(length, std::memory_order_relaxed); }
  AdoptedMemory& adopted() { return adopted_; }
  // Counts a refusal of so many bytes; others than the allocator refuse as well.
  void Refused(size_t length);
  // Of the last refusal.
  size_t refused_bytes() const { return refused_bytes_.load(std::memory_order_relaxed); }

  // After a full collection: what the heap takes of the limit. Buffers get the rest; what is there stays.
  void NoteHeap(size_t bytes) {
    heap_.store(bytes, std::memory_order_relaxed);
    refused_last_.store(false, std::memory_order_relaxed);
  }
  size_t heap() const { return heap_.load(std::memory_order_relaxed); }
  // Nothing was collected since the last refusal.
  bool refused_last() const { return refused_last_.load(std::memory_order_relaxed); }

  size_t used() const { return used_.load(std::memory_order_relaxed); }
  size_t limit() const { return limit_; }
  // Refusals since the last ResetRefusals; V8 tries again after garbage collections, so one failed `new` is several.
  uint32_t refusals() const { return refusals_.load(std::memory_order_relaxed); }
  void ResetRefusals() {
    refusals_.store(0, std::memory_order_relaxed);
    in_a_row_.store(0, std::memory_order_relaxed);
  }

 private:
  const size_t limit_;  // bytes, 0 = none
  std::atomic<size_t> used_{0};
  std::atomic<size_t> heap_{0};
  std::atomic<uint32_t> refusals_{0};
  std::atomic<uint32_t> in_a_row_{0};
  std::atomic<size_t> refused_bytes_{0};
  std::atomic<bool> refused_last_{false};
  AdoptedMemory adopted_;
  RefusedTooOften callback_ = nullptr;
  void* callback_data_ = nullptr;
};

}  // namespace isolet
