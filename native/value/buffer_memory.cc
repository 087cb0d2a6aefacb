#include "value/buffer_memory.h"

#include <cstdlib>

namespace isolet::value {

std::shared_ptr<v8::BackingStore> NewStore(size_t length) {
  void* data = std::malloc(length == 0 ? 1 : length);
  if (data == nullptr) return nullptr;
  return v8::ArrayBuffer::NewBackingStore(
      data, length, [](void* memory, size_t, void*) { std::free(memory); }, nullptr);
}

// V8 looks for buffers that died young when it allocates one and young ones have 32 MB. Of memory that comes from
// outside it only counts the bytes, and when these are enough it collects everything, also in a host with a large heap.
// So it is asked for a buffer of one byte. V8 13 looks for them so late that it has collected everything before.
void MakeRoomFor(v8::Isolate* isolate, size_t length) {
  constexpr size_t kWorthALook = 4096;
  if (length >= kWorthALook) v8::ArrayBuffer::NewBackingStore(isolate, 1);
}

}  // namespace isolet::value
