// What a guest's heap had when somebody last looked, for whoever asks without its isolate. The holder of the isolate's
// lock notes, any thread reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "calls/guest_numbers.h"
#include "v8/v8.h"

namespace isolet {

class HeapNotes {
 public:
  HeapNotes() = default;
  HeapNotes(const HeapNotes&) = delete;
  HeapNotes& operator=(const HeapNotes&) = delete;

  // Null: there is no isolate any more.
  void Note(v8::Isolate* isolate);
  // Unless the last of these notes is young.
  void NoteNowAndThen(v8::Isolate* isolate, int64_t now) {
    if (now - noted_ <= kInterval) return;
    Note(isolate);
    noted_ = now;
  }
  HeapNumbers numbers() const;
  size_t used() const;

  // How often answers come with a look at the heap, in nanoseconds.
  static constexpr int64_t kInterval = 10 * 1000 * 1000;

 private:
  mutable std::mutex mutex_;  // guards numbers_; leaf lock
  HeapNumbers numbers_;
  int64_t noted_ = 0;  // lock holder
};

}  // namespace isolet
