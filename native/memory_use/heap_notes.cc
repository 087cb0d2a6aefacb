#include "memory_use/heap_notes.h"

namespace isolet {

void HeapNotes::Note(v8::Isolate* isolate) {
  HeapNumbers numbers;
  if (isolate != nullptr) {
    v8::HeapStatistics statistics;
    isolate->GetHeapStatistics(&statistics);
    numbers = {statistics.total_heap_size(), statistics.used_heap_size(),      statistics.heap_size_limit(),
               statistics.external_memory(), statistics.total_physical_size(), statistics.malloced_memory()};
  }
  std::lock_guard<std::mutex> lock(mutex_);
  numbers_ = numbers;
}

HeapNumbers HeapNotes::numbers() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return numbers_;
}

size_t HeapNotes::used() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return numbers_.used;
}

}  // namespace isolet
