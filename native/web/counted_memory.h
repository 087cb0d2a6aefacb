// The memory that one stream of a library takes, counted as the guest's. Libraries ask by the C functions here.
//
// The thread that holds the isolate's lock.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "memory_use/array_buffer_allocator.h"
#include "v8/v8.h"

namespace isolet {

class CountedMemory {
 public:
  CountedMemory(v8::Isolate* isolate, std::shared_ptr<ArrayBufferAllocator> allocator)
      : isolate_(isolate), allocator_(std::move(allocator)) {}
  // What it gave is given back.
  ~CountedMemory();
  CountedMemory(const CountedMemory&) = delete;
  CountedMemory& operator=(const CountedMemory&) = delete;

  // Charges so many bytes ahead, for a library that ends the process where there is no memory: from now on nothing is
  // refused for want of room. False: there is no room.
  bool Reserve(size_t bytes);
  // Charges what was given on top of the reserve. False: there is no room for it.
  bool Settle();

  // `self` is a CountedMemory. Null: there is no room.
  static void* Allocate(void* self, size_t bytes);
  static void* AllocateItems(void* self, unsigned items, unsigned bytes);
  static void Free(void* self, void* memory);

 private:
  bool Charge(size_t bytes);

  v8::Isolate* const isolate_;
  const std::shared_ptr<ArrayBufferAllocator> allocator_;
  size_t charged_ = 0;
  size_t given_ = 0;
  bool reserved_ = false;
};

}  // namespace isolet
