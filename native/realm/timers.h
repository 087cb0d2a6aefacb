// setTimeout, setInterval and their clear functions. A timer fires in a turn of its own on an engine thread, between
// calls, as a continuation of the call that set it: under that call's limits while it is pending, else under the
// runtime's.
//
// The thread that holds the isolate's lock, except OnDue and size. There is no thread here: the watchdog, which watches
// the guest anyway, says when the next timer is due.
#pragma once

#include <atomic>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "calls/ties.h"
#include "isolate/lock.h"
#include "threads/watchdog.h"
#include "v8/v8.h"

namespace isolet {

class Timers {
 public:
  explicit Timers(Parts& parts) : parts_(parts) {}
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // False: an exception is pending.
  static bool Install(v8::Local<v8::Context> context);

  // The watchdog's thread: posts a turn if one is due. Answers when the next one is (kNever: none, or a turn is
  // coming).
  int64_t OnDue(int64_t now);
  // In that turn.
  void Fire(const IsolateLock& lock);
  // Forgets the timers of a call that was stopped.
  void Abandon(uint64_t call_id);
  // From now on a timer may be given a text, which `run` is called with when its time has come.
  void TakeTexts(v8::Isolate* isolate, v8::Local<v8::Function> run);
  // Before the isolate is disposed.
  void Clear();

  // Any thread.
  size_t size() const { return size_.load(std::memory_order_relaxed); }

  // What guest code calls.
  static void SetTimeout(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void SetInterval(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void ClearTimer(const v8::FunctionCallbackInfo<v8::Value>& info);
  // What the web's APIs call: `callback` in a turn of its own, as soon as may be. Belongs to the running call like a
  // timer; counts as none.
  static void SetTask(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  // Guests do not count far: an id stays an exact number, and an int32 as the standard has it.
  using Id = uint32_t;

  struct Timer {
    v8::Global<v8::Function> callback;
    v8::Global<v8::Array> arguments;  // empty: none. On the heap, where they count
    uint64_t call_id = 0;
    CallTie tie;
    int64_t due = 0;       // steady nanoseconds
    uint64_t order = 0;    // among those due at the same time
    int64_t interval = 0;  // nanoseconds, 0 = once
    bool task = false;
  };

  static void Set(const v8::FunctionCallbackInfo<v8::Value>& info, const char* function, bool repeat);

  // False: guest code may set none now; an exception is pending, or the guest is being stopped.
  static bool MaySet(Parts* parts);
  // Of the running call, with `callback`.
  Timer& Add(Id id, v8::Local<v8::Function> callback);
  Id NextId();
  void Schedule(Id id, Timer* timer, int64_t due);
  void Remove(Id id);
  void FireOne(const IsolateLock& lock, Id id);
  // False if it was stopped.
  bool Call(const IsolateLock& lock, const Timer& timer);
  void Rearm();

  // So many in one turn, then others get theirs.
  static constexpr size_t kPerTurn = 64;
  static constexpr size_t kMaxTasks = 10000;

  Parts& parts_;
  std::unordered_map<Id, Timer> timers_;
  // By due time, then by the order in which they were set.
  std::set<std::pair<std::pair<int64_t, uint64_t>, Id>> queue_;
  size_t tasks_ = 0;  // of them
  v8::Global<v8::Function> runs_text_;
  Id last_id_ = 0;
  uint64_t last_order_ = 0;
  std::atomic<size_t> size_{0};
  std::atomic<int64_t> next_due_{Watched::kNever};
  std::atomic<bool> posted_{false};
};

}  // namespace isolet
