// Atomics.waitAsync with a time-out. V8 asks its platform for a delayed task; all the others of those are housekeeping
// that an idle guest does without, these a guest waits for. They are kept here and run when they are due, in a turn of
// their own, as a continuation of the call that waits.
//
// The thread that holds the isolate's lock, except OnDue: the watchdog, which watches the guest anyway, wakes them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

#include "calls/ties.h"
#include "isolate/lock.h"
#include "threads/watchdog.h"
#include "v8/v8.h"

namespace isolet {

class AsyncWaits {
 public:
  explicit AsyncWaits(Parts& parts) : parts_(parts) {}
  AsyncWaits(const AsyncWaits&) = delete;
  AsyncWaits& operator=(const AsyncWaits&) = delete;

  // Puts ours in the place of Atomics.waitAsync. False: the isolate is out of memory or terminating.
  static bool Install(v8::Local<v8::Context> context);
  // What guest code calls.
  static void Wait(const v8::FunctionCallbackInfo<v8::Value>& info);

  // The watchdog's thread: posts a turn if one is due; answers when the next one is.
  int64_t OnDue(int64_t now);
  // In that turn.
  void Fire(const IsolateLock& lock);
  // Forgets those of a call that was stopped: they are never settled.
  void Abandon(uint64_t call_id);
  bool empty() const { return queue_.empty(); }
  // Before the isolate is disposed: V8's tasks refer to it.
  void Clear();

 private:
  struct Entry {
    std::unique_ptr<v8::Task> task;
    v8::Global<v8::Promise> promise;
    uint64_t call_id = 0;
    CallTie tie;
  };

  // Makes room: V8 gives up the task of a wait that was woken, but does not say so.
  bool HasRoom(v8::Isolate* isolate);
  void Rearm();

  // Of one guest at once.
  static constexpr size_t kMost = 10'000;
  // Entries before it is worth a look which of them were woken.
  static constexpr size_t kFirstLook = 64;
  // So many in one turn, then others get theirs.
  static constexpr size_t kPerTurn = 64;

  Parts& parts_;
  std::multimap<int64_t, Entry> queue_;  // by due time, steady nanoseconds
  size_t look_at_ = kFirstLook;
  std::atomic<int64_t> next_due_{Watched::kNever};
  std::atomic<bool> posted_{false};
};

}  // namespace isolet
