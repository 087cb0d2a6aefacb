#include "memory_use/budget.h"

#include <algorithm>
#include <utility>

#include "calls/entry_state.h"
#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/heap_limit.h"
#include "memory_use/outside_heap.h"
#include "memory_use/reservations.h"
#include "threads/watchdog.h"

namespace isolet {
namespace {

// What V8 keeps for young objects is a part of the heap, and no more than this.
constexpr size_t kMostYoung = 32u * 1024 * 1024;
constexpr size_t kYoungShare = 2;
// What a guest may have above its limit when everything dead is gone: one that has caught the refusal of what would
// have filled it up needs a little to go on, and is not ended for it.
constexpr size_t kSpareShare = 64;
// Without a look at its memory. V8 can take some ten megabytes in that time.
constexpr int64_t kUnlooked = 1000 * 1000;

}  // namespace

void MemoryBudget::Install(v8::Isolate* isolate, ArrayBufferAllocator& allocator,
                           std::function<void(size_t alive)> collected) {
  if (limit_ == 0) return;
  allocator_ = &allocator;
  collected_ = std::move(collected);
  Note(isolate);
  isolate->AddGCEpilogueCallback(OnCollected, this, v8::kGCTypeMarkSweepCompact);
}

void MemoryBudget::Uninstall(v8::Isolate* isolate) {
  if (allocator_ == nullptr) return;
  isolate->RemoveGCEpilogueCallback(OnCollected, this);
  allocator_ = nullptr;
}

size_t MemoryBudget::Outside(v8::HeapStatistics& statistics) const {
  // V8 counts the buffers as well, and beside them the memories of WebAssembly, or we do.
  return std::max(allocator_->used() + wasm_.bytes(), statistics.external_memory()) + intl_.Estimate(statistics);
}

size_t MemoryBudget::InUse(v8::Isolate* isolate) const {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  return statistics.used_heap_size() + (allocator_ == nullptr ? 0 : Outside(statistics));
}

size_t MemoryBudget::Note(v8::Isolate* isolate) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  allocator_->NoteHeap(statistics.used_heap_size());
  return statistics.used_heap_size() + Outside(statistics);
}

void MemoryBudget::Look(v8::Isolate* isolate) {
  if (suspect_ || allocator_ == nullptr) return;
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  suspect_ = allocator_->heap() + Outside(statistics) > limit_;
}

bool MemoryBudget::HasRoom(v8::Isolate* isolate, double more) {
  if (allocator_ == nullptr) return true;
  auto fits = [&] {
    wasm_.Refresh(isolate);
    v8::HeapStatistics statistics;
    isolate->GetHeapStatistics(&statistics);
    return static_cast<double>(allocator_->heap() + Outside(statistics)) + more <= static_cast<double>(limit_);
  };
  if (fits()) return true;
  heap_limit_.Collect();
  if (fits()) return true;
  allocator_->Refused(static_cast<size_t>(std::min(more, 9e15)));
  return false;
}

void MemoryBudget::OnCollected(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags, void* data) {
  auto* self = static_cast<MemoryBudget*>(data);
  const size_t alive = self->Note(isolate);
  self->suspect_ = alive > self->limit_ + self->limit_ / kSpareShare;
  self->collected_(alive);
}

void MemoryBudget::Probe(v8::Isolate* isolate) {
  if (allocator_ == nullptr) return;
  wasm_.Refresh(isolate);
  Confirm(isolate);
  Look(isolate);
  if (heap_limit_.exceeded()) return;
  v8::HeapStatistics statistics;
  auto outside = [&] {
    isolate->GetHeapStatistics(&statistics);
    return std::max(statistics.external_memory(), allocator_->used() + resizable_.Grown() + wasm_.bytes());
  };
  // What is dead may still be counted.
  size_t bytes = outside();
  if (bytes > limit_) {
    heap_limit_.Collect();
    bytes = outside();
  }
  const size_t heap = statistics.used_heap_size();
  // V8 retries an allocation that does not fit once more without any limit, and does not ask at all about the first
  // large object since its last collection. What the rubbish of a full heap can't explain is such an object, which does
  // not fit by itself.
  const size_t explained = 2 * limit_ + std::min(limit_ / kYoungShare, kMostYoung);
  if (bytes > limit_ || heap > explained) heap_limit_.Exceeded(heap + bytes);
}

void MemoryBudget::Leave(v8::Isolate* isolate) {
  if (allocator_ == nullptr) return;
  Probe(isolate);
  if (heap_limit_.exceeded()) return;
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  if (statistics.used_heap_size() > limit_) suspect_ = true;
  Confirm(isolate);
}

int64_t MemoryBudget::LeaveAfter(v8::Isolate* isolate, int64_t began) {
  const int64_t now = SteadyNow();
  if (now - std::max(began, looked_) < kUnlooked && !suspect_) return now;
  if (heap_limit_.stopped()) return now;
  Leave(isolate);
  return looked_ = SteadyNow();
}

int64_t LookAtMemory(Parts& parts) {
  return parts.memory_budget().LeaveAfter(parts.isolate(), parts.entry_state().clock.wall_began);
}

void MemoryBudget::RanOut(v8::Isolate* isolate) {
  heap_limit_.Exceeded(InUse(isolate) + (allocator_ == nullptr ? 0 : allocator_->refused_bytes()));
}

void MemoryBudget::Confirm(v8::Isolate* isolate) {
  if (!suspect_ || allocator_ == nullptr || heap_limit_.exceeded()) return;
  // Frees the buffers that the collection before found dead, and looks again (OnCollected).
  heap_limit_.Collect();
  if (!suspect_) return;
  suspect_ = false;
  heap_limit_.Exceeded(Note(isolate));
}

}  // namespace isolet
