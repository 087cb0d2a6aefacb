#include "engine/memory_budget.h"

#include <algorithm>

#include "engine/array_buffer_allocator.h"
#include "engine/heap_limit.h"
#include "engine/intl_memory.h"
#include "engine/wasm_memories.h"

namespace isolet {

void MemoryBudget::Install(v8::Isolate* isolate, ArrayBufferAllocator& allocator) {
  if (limit_ == 0) return;
  allocator_ = &allocator;
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
  isolate->LowMemoryNotification();
  if (fits()) return true;
  allocator_->Refused();
  return false;
}

void MemoryBudget::OnCollected(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags, void* data) {
  auto* self = static_cast<MemoryBudget*>(data);
  self->suspect_ = self->Note(isolate) > self->limit_;
}

void MemoryBudget::Confirm(v8::Isolate* isolate) {
  if (!suspect_ || allocator_ == nullptr) return;
  // Frees the buffers that the collection before found dead, and looks again (OnCollected).
  isolate->LowMemoryNotification();
  if (!suspect_) return;
  suspect_ = false;
  heap_limit_.Exceeded(Note(isolate));
}

}  // namespace isolet
