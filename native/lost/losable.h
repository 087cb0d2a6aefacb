// A guest that may be lost: its thread stays in V8 for ever, so everybody is answered without it and its isolate stays
// as it is.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "calls/gate.h"
#include "v8/v8.h"

namespace isolet {

class Losable {
 public:
  Losable() = default;
  Losable(const Losable&) = delete;
  Losable& operator=(const Losable&) = delete;

  // The thread of this guest will never come back: answers everybody. `entry`: which entry of it is stuck; null on that
  // thread itself. False if that entry has ended meanwhile.
  virtual bool DeclareLost(const std::string& why, const Gate::Entry* entry) = 0;
  // Whether this thread is its host's: there is nowhere to go.
  virtual bool OnHostThread() const = 0;
  virtual v8::Isolate* LostIsolate() const = 0;

  // Async-signal-safe.
  bool lost() const { return lost_.load(std::memory_order_acquire); }
  bool parked() const { return parked_.load(std::memory_order_acquire); }
  // Its thread stops for good.
  void NoteParked() { parked_.store(true, std::memory_order_release); }

 protected:
  ~Losable() = default;
  // False if it was lost before.
  bool NoteLost() { return !lost_.exchange(true); }

 private:
  std::atomic<bool> lost_{false};
  std::atomic<bool> parked_{false};
};

}  // namespace isolet
