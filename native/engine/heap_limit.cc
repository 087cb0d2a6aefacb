#include "engine/heap_limit.h"

#include <algorithm>

#include "engine/array_buffer_allocator.h"

namespace isolet {
namespace {

// Measured: with steps of 32 MB up to 96 MB, JSON.parse of a big array, a growing Map and a big sort all unwind.
constexpr size_t kStep = 32u * 1024 * 1024;
constexpr size_t kMaxLent = 96u * 1024 * 1024;
// More than taking an isolate down can need.
constexpr size_t kLifted = size_t{1} << 30;

}  // namespace

void HeapLimit::Install(v8::Isolate* isolate, const ArrayBufferAllocator& buffers) {
  isolate_ = isolate;
  buffers_ = &buffers;
  isolate->AddNearHeapLimitCallback(OnNearLimit, this);
}

void HeapLimit::Exceeded(size_t used) {
  Stop stop;
  stop.reason = StopReason::kHeapLimit;
  stop.limit = static_cast<double>(limit_);
  stop.used = static_cast<double>(used);
  gate_.StopForGood(stop);
}

size_t HeapLimit::OnNearLimit(void* data, size_t current, size_t initial) {
  auto* self = static_cast<HeapLimit*>(data);
  if (self->lifted_.load(std::memory_order_relaxed)) return current + kLifted;
  // V8 of Node 26 also asks before it tells a guest that an ArrayBuffer is refused; for a heap it collects first.
  if (self->buffers_->refused_last()) return current;
  self->Exceeded(current);
  if (self->lent_ >= kMaxLent) return current;
  self->lent_ += kStep;
  // One huge step may have taken the heap far above its limit already.
  v8::HeapStatistics statistics;
  self->isolate_->GetHeapStatistics(&statistics);
  return std::max({current, initial, statistics.total_heap_size()}) + kStep;
}

}  // namespace isolet
