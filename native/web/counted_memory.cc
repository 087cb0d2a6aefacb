#include "web/counted_memory.h"

#include <cstdint>
#include <cstdlib>

#include "memory_use/charged_objects.h"

namespace isolet {
namespace {

// How long a piece is stands before it; what follows is as aligned as memory of malloc.
constexpr size_t kHead = alignof(std::max_align_t);

}  // namespace

CountedMemory::~CountedMemory() { allocator_->Uncharge(charged_); }

bool CountedMemory::Charge(size_t bytes) {
  if (!ChargeCollecting(isolate_, *allocator_, bytes)) return false;
  charged_ += bytes;
  return true;
}

bool CountedMemory::Reserve(size_t bytes) {
  reserved_ = true;
  return Charge(bytes);
}

bool CountedMemory::Settle() { return given_ <= charged_ || Charge(given_ - charged_); }

void* CountedMemory::Allocate(void* self, size_t bytes) {
  auto* memory = static_cast<CountedMemory*>(self);
  if (bytes > SIZE_MAX - kHead) return nullptr;
  const size_t total = bytes + kHead;
  if (!memory->reserved_ && !memory->Charge(total)) return nullptr;
  void* piece = std::malloc(total);
  if (piece == nullptr) {
    if (!memory->reserved_) memory->allocator_->Uncharge(total), memory->charged_ -= total;
    return nullptr;
  }
  memory->given_ += total;
  *static_cast<size_t*>(piece) = total;
  return static_cast<char*>(piece) + kHead;
}

void* CountedMemory::AllocateItems(void* self, unsigned items, unsigned bytes) {
  return Allocate(self, size_t{items} * bytes);
}

void CountedMemory::Free(void* self, void* memory) {
  if (memory == nullptr) return;
  auto* of = static_cast<CountedMemory*>(self);
  void* piece = static_cast<char*>(memory) - kHead;
  const size_t total = *static_cast<size_t*>(piece);
  std::free(piece);
  of->given_ -= total;
  if (of->reserved_) return;
  of->allocator_->Uncharge(total);
  of->charged_ -= total;
}

}  // namespace isolet
