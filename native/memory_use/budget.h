// One budget for the JavaScript heap, the buffers and WebAssembly memories outside it and what ICU holds: what is left
// of a guest's limit after one of them is what the others may take.
//
// The heap counts with what the last full garbage collection left alive, so rubbish costs nobody anything; so does what
// ICU holds, which is estimated (realm/intl.h). Buffers are refused at once by the allocator, memories that
// WebAssembly grows are noticed at the intervals at which a running guest is looked at; a heap that has
// grown over what the buffers left of the limit is looked at again after another collection, because the buffers of
// dead objects are freed some time after the collection that found them.
//
// V8 makes one array or one string of any size before it looks at the heap's limit, and its routines let nobody look
// meanwhile: whoever leaves a frame that took long looks once more (Leave).
//
// The holder of the isolate's lock. Lifetime: ends before the isolate, which keeps the callback no longer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "v8/v8.h"

namespace isolet {

class ArrayBufferAllocator;
class Reservations;
class HeapLimit;
class EstimatedMemory;
class OutsideHeap;
class Parts;

class MemoryBudget {
 public:
  // How often a running guest's memory outside the heap is looked at, in nanoseconds.
  static constexpr int64_t kProbeInterval = 20 * 1000 * 1000;

  MemoryBudget(HeapLimit& heap_limit, const EstimatedMemory& intl, OutsideHeap& wasm, const Reservations& resizable,
               size_t limit)
      : heap_limit_(heap_limit), intl_(intl), wasm_(wasm), resizable_(resizable), limit_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // Once the globals are there and before guest code runs: what is alive now is the heap's first share.
  // `collected` hears what a full collection left alive; nothing of V8 may run in it on this thread.
  void Install(v8::Isolate* isolate, ArrayBufferAllocator& allocator, std::function<void(size_t alive)> collected);
  void Uninstall(v8::Isolate* isolate);
  // What is outside the heap grew: is it too much, together with what the last full collection left alive?
  void Look(v8::Isolate* isolate);
  // Would `more` bytes outside the heap fit? Collects first if they would not, and counts the refusal. Not during a
  // collection.
  bool HasRoom(v8::Isolate* isolate, double more);
  // Bytes, in the heap and outside.
  size_t InUse(v8::Isolate* isolate) const;
  // Ends the guest if it has too much. While it runs, not during a collection.
  void Probe(v8::Isolate* isolate);
  // Likewise where a frame that took long is about to answer or to be left: after it nobody looks for a while.
  void Leave(v8::Isolate* isolate);
  // Inside an entry that began at `began` and is about to answer or to be left: Leave, if it ran for long. What time it
  // is then.
  int64_t LeaveAfter(v8::Isolate* isolate, int64_t began);
  // It may be more than there is room for: Leave is due.
  bool suspect() const { return suspect_; }
  // Ends the guest because a buffer that it needed was refused.
  void RanOut(v8::Isolate* isolate);

 private:
  // Collects again and ends the guest if it is still too much. Not during a collection.
  void Confirm(v8::Isolate* isolate);
  static void OnCollected(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags, void* data);
  size_t Note(v8::Isolate* isolate);
  size_t Outside(v8::HeapStatistics& statistics) const;

  HeapLimit& heap_limit_;
  const EstimatedMemory& intl_;
  OutsideHeap& wasm_;
  const Reservations& resizable_;
  const size_t limit_;  // bytes, 0 = none
  ArrayBufferAllocator* allocator_ = nullptr;
  std::function<void(size_t alive)> collected_;
  bool suspect_ = false;
  int64_t looked_ = 0;  // when LeaveAfter last did
};

// LeaveAfter for the entry that is under way.
int64_t LookAtMemory(Parts& parts);

}  // namespace isolet
