#include "value/buffer_memory.h"

#include <cstdlib>

namespace isolet::value {

std::shared_ptr<v8::BackingStore> NewStore(size_t length) {
  void* data = std::malloc(length == 0 ? 1 : length);
  if (data == nullptr) return nullptr;
  return v8::ArrayBuffer::NewBackingStore(
      data, length, [](void* memory, size_t, void*) { std::free(memory); }, nullptr);
}

}  // namespace isolet::value
