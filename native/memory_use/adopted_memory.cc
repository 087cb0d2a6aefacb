#include "memory_use/adopted_memory.h"

#include <utility>

#include "memory_use/array_buffer_allocator.h"

namespace isolet {

std::unique_ptr<v8::BackingStore> AdoptedMemory::Adopt(std::shared_ptr<v8::BackingStore> store,
                                                       std::shared_ptr<ArrayBufferAllocator> allocator) {
  void* const data = store->Data();
  const size_t length = store->ByteLength();
  AdoptedMemory& adopted = allocator->adopted();
  auto* hold = new Hold{std::move(store), std::move(allocator), length};
  if (length >= kLeast) adopted.Add(data, hold);
  return v8::ArrayBuffer::NewBackingStore(data, length, FreeAdopted, hold);
}

std::shared_ptr<v8::BackingStore> AdoptedMemory::Release(std::shared_ptr<v8::BackingStore> store,
                                                         std::shared_ptr<ArrayBufferAllocator> allocator) {
  void* const data = store->Data();
  const size_t length = store->ByteLength();
  if (std::shared_ptr<v8::BackingStore> before = allocator->adopted().TakeBack(data)) return before;
  const size_t uncharged = allocator->UnchargeAtMost(length);
  auto* hold = new Hold{std::move(store), std::move(allocator), uncharged};
  return v8::ArrayBuffer::NewBackingStore(data, length, FreeReleased, hold);
}

void AdoptedMemory::FreeAdopted(void* data, size_t length, void* hold) {
  std::unique_ptr<Hold> held(static_cast<Hold*>(hold));
  if (length >= kLeast) held->allocator->adopted().Remove(data, held.get());
  held->allocator->Uncharge(held->bytes);
}

void AdoptedMemory::FreeReleased(void*, size_t, void* hold) {
  std::unique_ptr<Hold> held(static_cast<Hold*>(hold));
  // What frees the memory uncharges it.
  held->allocator->ChargeAgain(held->bytes);
}

void AdoptedMemory::Add(const void* data, Hold* hold) {
  const std::lock_guard lock(mutex_);
  adopted_.insert_or_assign(data, hold);
}

std::shared_ptr<v8::BackingStore> AdoptedMemory::TakeBack(const void* data) {
  const std::lock_guard lock(mutex_);
  auto found = adopted_.find(data);
  if (found == adopted_.end()) return nullptr;
  Hold* hold = found->second;
  adopted_.erase(found);
  hold->allocator->Uncharge(std::exchange(hold->bytes, 0));
  return hold->store;
}

void AdoptedMemory::Remove(const void* data, const Hold* hold) {
  const std::lock_guard lock(mutex_);
  auto found = adopted_.find(data);
  if (found != adopted_.end() && found->second == hold) adopted_.erase(found);
}

}  // namespace isolet
