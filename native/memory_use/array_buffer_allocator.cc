#include "memory_use/array_buffer_allocator.h"

#include <algorithm>
#include <cstdlib>

namespace isolet {
namespace {

// A guest that catches the RangeError and asks again this often is not going to give up by itself.
constexpr uint32_t kPatience = 64;

}  // namespace

bool ArrayBufferAllocator::Charge(size_t length) {
  size_t heap = heap_.load(std::memory_order_relaxed);
  size_t room = limit_ - std::min(limit_, heap);
  size_t used = used_.load(std::memory_order_relaxed);
  do {
    if (limit_ != 0 && length > 1 && (length > room || used > room - length)) {
      Refused(length);
      return false;
    }
  } while (!used_.compare_exchange_weak(used, used + length, std::memory_order_relaxed));
  if (length > 1) in_a_row_.store(0, std::memory_order_relaxed);
  return true;
}

void ArrayBufferAllocator::Uncharge(size_t length) { used_.fetch_sub(length, std::memory_order_relaxed); }

size_t ArrayBufferAllocator::UnchargeAtMost(size_t length) {
  size_t used = used_.load(std::memory_order_relaxed);
  while (!used_.compare_exchange_weak(used, used - std::min(used, length), std::memory_order_relaxed)) {
  }
  return std::min(used, length);
}

void ArrayBufferAllocator::Refused(size_t length) {
  refused_bytes_.store(length, std::memory_order_relaxed);
  refused_last_.store(true, std::memory_order_relaxed);
  refusals_.fetch_add(1, std::memory_order_relaxed);
  uint32_t in_a_row = in_a_row_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (in_a_row == kPatience && callback_ != nullptr) callback_(callback_data_);
}

void* ArrayBufferAllocator::Allocate(size_t length) {
  if (!Charge(length)) return nullptr;
  void* data = std::calloc(length == 0 ? 1 : length, 1);
  if (data == nullptr) Uncharge(length);
  return data;
}

void* ArrayBufferAllocator::AllocateUninitialized(size_t length) {
  if (!Charge(length)) return nullptr;
  void* data = std::malloc(length == 0 ? 1 : length);
  if (data == nullptr) Uncharge(length);
  return data;
}

void ArrayBufferAllocator::Free(void* data, size_t length) {
  std::free(data);
  Uncharge(length);
}

}  // namespace isolet
