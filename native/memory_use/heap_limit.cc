#include "memory_use/heap_limit.h"

#include <algorithm>

#include "memory_use/array_buffer_allocator.h"

namespace isolet {
namespace {

// Measured: with steps of 32 MB up to 96 MB, JSON.parse of a big array, a growing Map and a big sort all unwind.
constexpr size_t kStep = 32u * 1024 * 1024;
constexpr size_t kMaxLent = 96u * 1024 * 1024;
// More than taking an isolate down can need.
constexpr size_t kLifted = size_t{1} << 30;

}  // namespace

void HeapLimit::Install(v8::Isolate* isolate, const ArrayBufferAllocator& buffers) {
  buffers_ = &buffers;
  isolate_ = isolate;
  isolate->AddNearHeapLimitCallback(OnNearLimit, this);
}

void HeapLimit::Collect() {
  collecting_ = true;
  isolate_->LowMemoryNotification();
  collecting_ = false;
}

void HeapLimit::Exceeded(size_t used) {
  exceeded_.store(true, std::memory_order_relaxed);
  Stop stop;
  stop.reason = StopReason::kHeapLimit;
  stop.limit = static_cast<double>(limit_);
  // V8 says that it has come to the limit before it is there, and not how much it was about to take.
  stop.used = static_cast<double>(std::max(used, limit_));
  gate_.StopForGood(stop);
}

size_t HeapLimit::OnNearLimit(void* data, size_t current, size_t initial) {
  auto* self = static_cast<HeapLimit*>(data);
  if (self->lifted_.load(std::memory_order_relaxed)) return current + kLifted;
  // V8 of Node 26 also asks before it tells a guest that an ArrayBuffer is refused; for a heap it collects first.
  if (self->buffers_->refused_last()) return current;
  v8::HeapStatistics statistics;
  self->isolate_->GetHeapStatistics(&statistics);
  self->Exceeded(statistics.used_heap_size() + std::max(statistics.external_memory(), self->buffers_->used()));
  if (self->collecting_) return current + kLifted;
  if (self->lent_ >= kMaxLent) return current;
  self->lent_ += kStep;
  // Not from where a huge step has taken the heap already: that was measured to let the next huge step through as well,
  // where without it the guest is given up.
  return std::max(current, initial) + kStep;
}

}  // namespace isolet
