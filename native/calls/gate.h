// The gate every run of guest code passes: it knows which calls are on the guest's stack right now, and it is the only
// place that asks V8 to stop one.
//
// Rules
//   1. V8 is asked to terminate only while a frame is inside, under the gate's mutex, so that a stop can never hit code
//      that came later.
//   2. A stop has a target: one call, or the whole guest (final). A frame that was the target withdraws the request
//      when it leaves; frames above it only pass it on.
//   3. After a final stop no frame enters any more.
//
// Enter, Leave and Reassert belong to the thread that holds the isolate's lock; everything else may be called from any
// thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <optional>

#include "calls/call.h"
#include "calls/outcome.h"
#include "progress/thread_look.h"
#include "progress/unwinding.h"
#include "threads/thread.h"
#include "v8/v8.h"

namespace isolet {

// A guest thread that waits for the host: can be told that waiting is over.
class Interruptible {
 public:
  virtual ~Interruptible() = default;
  // Any thread, under the gate's mutex.
  virtual void Interrupt() = 0;
};

// One entry into the guest, on the stack of the thread that runs it.
struct GateFrame {
  explicit GateFrame(Call* call) : call(call) {}
  GateFrame(const GateFrame&) = delete;
  GateFrame& operator=(const GateFrame&) = delete;

  Call* const call;
  // Guarded by the gate's mutex from here on.
  GateFrame* outer = nullptr;
  bool stopped = false;  // this frame's call is the target of a stop
  Stop stop;
  bool counts_cpu = false;
  int64_t cpu_start = 0;
#if defined(__linux__)
  clockid_t cpu_clock = 0;
#endif
  int64_t entered = 0;
};

class Gate {
 public:
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void Attach(v8::Isolate* isolate) { isolate_ = isolate; }

  // The final stop if there is one (then the frame is not inside and must not Leave).
  std::optional<Stop> Enter(GateFrame* frame);
  // What stopped this frame, if anything did: its own call's stop, an outer call's, or the final one.
  std::optional<Stop> Leave(GateFrame* frame);

  // Guest code is on the stack of some thread.
  bool occupied() const { return (Flags() & kInside) != 0; }
  // A stop is on its way to the frame that is innermost now.
  bool stopping() const { return (Flags() & (kFinal | kFrameStopped)) != 0; }
  // Coming back from the host into the guest: a stop that was asked for meanwhile is asked for again.
  void Reassert();

  // Stops the guest for good. The first reason wins; false if there was one already.
  bool StopForGood(Stop stop);
  // What the guest turned out to use if that reason is its heap limit.
  void RaiseUsed(double used);
  // Stops the call if it is on the stack right now.
  bool StopCall(uint64_t call_id, Stop stop);
  std::optional<Stop> final_stop() const;
  // Whether there is one.
  bool stopped_for_good() const { return (Flags() & kFinal) != 0; }

  // Stops the outermost frame whose time is up; if it was stopped before and is still there, `expired` says whose it is
  // and why. Answers when to look again.
  struct Expired {
    uint64_t call_id;
    Stop stop;
  };
  int64_t CheckDeadlines(int64_t now, std::optional<Expired>* expired);

  // Adds processor time that was used for a call outside its frames. True: it is over its budget.
  bool Charge(Call& call, int64_t cpu);
  // The least that is left of the calls on the stack; nothing: there is none.
  std::optional<CallLimits> Left(int64_t now) const;
  // The innermost call as one that will wait outside its frame, with the limits and times it has; null: there is none.
  std::shared_ptr<Call> Continued() const;

  bool OnStack(uint64_t call_id) const;
  // A stop was asked for and the guest's thread, one of the executor's, will not unwind (progress/unwinding.h). Not
  // while it waits for the host. Well before that another thread takes its place in the executor, until it unwinds
  // after all.
  struct Entry {
    ThreadId thread{};
    SystemThread system_thread = 0;
    uint64_t number = 0;  // of the outermost frames so far
  };
  std::optional<Entry> Stuck(int64_t now);
  // The thread inside will never leave. False if that entry has ended meanwhile (null: the caller is that thread).
  bool Lose(const Entry* entry);
  bool lost() const { return (Flags() & kLost) != 0; }

  // Has V8 call `callback` on the guest's thread at the next chance. False if no frame is inside.
  bool RequestInterrupt(v8::InterruptCallback callback, void* data);
  // Stops the innermost frame, whoever's it is.
  void StopInnermost(Stop stop);

  // The thread inside is about to wait for the host (null: no longer). False if it should not even start.
  bool SetWaiting(Interruptible* waiting);

 private:
  enum Flag : uint32_t { kFinal = 1, kFrameStopped = 2, kLost = 4, kInside = 8 };

  // What the state below comes to, for whoever asks without the mutex. What is set after the look is found by the next
  // one, or by Leave.
  uint32_t Flags() const { return flags_.load(std::memory_order_acquire); }
  // After a change of that state. Needs mutex_.
  void NoteState();
  void StopFrame(GateFrame* frame, Stop stop);
  void Terminate();
  void EndLinger();

  std::atomic<uint32_t> flags_{0};  // written under mutex_

  // Guards everything below. Lock order: after the watchdog's and the call table's, before an Interruptible's and
  // the executor's.
  mutable std::mutex mutex_;
  v8::Isolate* isolate_ = nullptr;
  GateFrame* innermost_ = nullptr;
  Interruptible* waiting_ = nullptr;
  std::optional<Stop> final_;
  bool lost_ = false;
  bool lingers_ = false;  // the executor was told
  Entry entry_;           // of the outermost frame
  Unwinding unwinding_;   // since the stop that is under way was asked for
};

}  // namespace isolet
