// Memory outside the heap that lives as long as objects of the guest's: charged by whoever makes it, given back when
// the object is collected. The object needs nothing of its own for it.
//
// The holder of the isolate's lock. Lifetime: Clear before the isolate goes.
#pragma once

#include <cstddef>
#include <list>

#include "v8/v8.h"

namespace isolet {

class ArrayBufferAllocator;

class ChargedObjects {
 public:
  ChargedObjects() = default;
  ChargedObjects(const ChargedObjects&) = delete;
  ChargedObjects& operator=(const ChargedObjects&) = delete;

  // `bytes` were charged to `allocator`, and `mappings` taken (memory_use/mappings.h); they go with `object`.
  void Keep(v8::Isolate* isolate, v8::Local<v8::Object> object, size_t bytes, ArrayBufferAllocator& allocator,
            size_t mappings = 0);
  // Gives everything back.
  void Clear();

 private:
  struct Entry {
    v8::Global<v8::Object> object;
    ChargedObjects* owner;
    ArrayBufferAllocator* allocator;
    size_t bytes;
    size_t mappings;
    std::list<Entry>::iterator self;
  };

  static void GiveBack(const Entry& entry);
  static void OnCollected(const v8::WeakCallbackInfo<Entry>& info);

  std::list<Entry> entries_;
};

// After a garbage collection if it must, as V8 does before it tells a guest that an allocator refused.
bool ChargeCollecting(v8::Isolate* isolate, ArrayBufferAllocator& allocator, size_t bytes);
// False: a RangeError is pending, as for a buffer that does not fit.
bool ChargeOrThrow(v8::Isolate* isolate, ArrayBufferAllocator& allocator, size_t bytes);

}  // namespace isolet
