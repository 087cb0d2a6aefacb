#include "web/op_memory.h"

#include <cstdlib>
#include <utility>

#include "calls/gate.h"
#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/charged_objects.h"
#include "v8/strings.h"

namespace isolet {
namespace {

std::shared_ptr<ArrayBufferAllocator> AllocatorOf(v8::Isolate* isolate) {
  const Parts* parts = Parts::Of(isolate);
  return parts == nullptr ? nullptr : parts->shared_allocator();
}

void ThrowNoMemory(v8::Isolate* isolate) {
  isolate->ThrowException(v8::Exception::RangeError(Name(isolate, kAllocationFailed)));
}

}  // namespace

bool OpStopped(v8::Isolate* isolate) {
  const Parts* parts = Parts::Of(isolate);
  return parts != nullptr && parts->gate().stopping();
}

OpMemory::OpMemory(v8::Isolate* isolate) : isolate_(isolate) {}

OpMemory::~OpMemory() {
  std::free(memory_);
  if (allocator_) allocator_->Uncharge(charged_);
}

bool OpMemory::Charge(size_t bytes) {
  if (!allocator_) allocator_ = AllocatorOf(isolate_);
  if (!allocator_) return true;
  if (!ChargeOrThrow(isolate_, *allocator_, bytes)) return false;
  charged_ += bytes;
  return true;
}

void* OpMemory::Allocate(size_t bytes) {
  if (!Charge(bytes)) return nullptr;
  memory_ = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory_ == nullptr) ThrowNoMemory(isolate_);
  return memory_;
}

bool NewBytes::Allocate(v8::Isolate* isolate, size_t size) {
  std::shared_ptr<ArrayBufferAllocator> allocator = AllocatorOf(isolate);
  if (size > v8::Uint8Array::kMaxLength) {
    ThrowNoMemory(isolate);
    return false;
  }
  if (allocator && !ChargeOrThrow(isolate, *allocator, size)) return false;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    if (allocator) allocator->Uncharge(size);
    ThrowNoMemory(isolate);
    return false;
  }
  struct Hold {
    std::shared_ptr<ArrayBufferAllocator> allocator;
  };
  store_ = v8::ArrayBuffer::NewBackingStore(
      memory, size,
      [](void* data, size_t length, void* hold) {
        std::free(data);
        auto* held = static_cast<Hold*>(hold);
        if (held->allocator) held->allocator->Uncharge(length);
        delete held;
      },
      new Hold{std::move(allocator)});
  return true;
}

v8::Local<v8::Uint8Array> NewBytes::ToArray(v8::Isolate* isolate) {
  const size_t size = store_->ByteLength();
  return v8::Uint8Array::New(v8::ArrayBuffer::New(isolate, std::move(store_)), 0, size);
}

}  // namespace isolet
