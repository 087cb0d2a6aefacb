// Memory of a guest outside its heap that somebody else counts: the budget asks for it. The thread that holds the
// isolate's lock.
#pragma once

#include <cstddef>

#include "v8/v8.h"

namespace isolet {

// Bytes that are there.
class OutsideHeap {
 public:
  // As of the last Refresh.
  virtual size_t bytes() const = 0;
  virtual void Refresh(v8::Isolate* isolate) = 0;

 protected:
  ~OutsideHeap() = default;
};

// Bytes that are guessed, also for what is dead and not collected.
class EstimatedMemory {
 public:
  virtual size_t Estimate(v8::HeapStatistics& statistics) const = 0;

 protected:
  ~EstimatedMemory() = default;
};

}  // namespace isolet
