// Buffers that come to a guest from elsewhere and leave it again with their memory: what they count for meanwhile, and
// who frees them. Going to and fro they are wrapped once and no deeper.
//
// Any thread: V8 frees buffers on its own ones. It outlives the isolate when a buffer moved away.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "v8/v8.h"

namespace isolet {

class ArrayBufferAllocator;

class AdoptedMemory {
 public:
  AdoptedMemory() = default;
  AdoptedMemory(const AdoptedMemory&) = delete;
  AdoptedMemory& operator=(const AdoptedMemory&) = delete;

  // `store`, which was charged to `allocator`, as the guest's own: it is uncharged when the guest's is freed.
  static std::unique_ptr<v8::BackingStore> Adopt(std::shared_ptr<v8::BackingStore> store,
                                                 std::shared_ptr<ArrayBufferAllocator> allocator);
  // The memory of a guest's buffer that is somebody else's from now on: it is uncharged at once.
  static std::shared_ptr<v8::BackingStore> Release(std::shared_ptr<v8::BackingStore> store,
                                                   std::shared_ptr<ArrayBufferAllocator> allocator);

 private:
  // Shorter buffers never leave with their memory.
  static constexpr size_t kLeast = 1024;

  struct Hold {
    std::shared_ptr<v8::BackingStore> store;
    std::shared_ptr<ArrayBufferAllocator> allocator;
    size_t bytes;  // charged, or uncharged until it is freed
  };

  static void FreeAdopted(void* data, size_t length, void* hold);
  static void FreeReleased(void* data, size_t length, void* hold);

  void Add(const void* data, Hold* hold);
  // The buffer that was adopted as this memory, which counts no more; null if there is none.
  std::shared_ptr<v8::BackingStore> TakeBack(const void* data);
  void Remove(const void* data, const Hold* hold);

  // Guards what is below, and `bytes` of the adopted. Nothing is locked inside.
  std::mutex mutex_;
  std::unordered_map<const void*, Hold*> adopted_;  // by their memory
};

}  // namespace isolet
