// One call into a guest, from the moment the host asked until it has its answer.
//
// A Call is shared by the table of calls in flight, the task that carries it and the frame that runs it. Fields say who
// may touch them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "calls/limits.h"
#include "calls/outcome.h"
#include "calls/program.h"
#include "threads/watchdog.h"

namespace isolet {

enum class CallKind : uint8_t {
  kEval,
  kEvalAsync,
  kEvalModule,
  kEvalModuleAsync,
  kCall,
  kCallAsync,
  kInternal,
  // A script of a snapshot, when it is built and where it is replayed. Of what it does only the state is kept: it sets
  // no timers, and nobody reads its console.
  kSnapshotScript
};

// What a call was when it was to be stopped: answered; not begun; running; waiting; waiting, and it goes on.
enum class Cancelled : uint8_t { kSettled, kUnbegun, kRunning, kWaiting, kGoesOn };

class Call {
 public:
  // `started`: before now for one that goes on outside its frame.
  Call(uint64_t id, CallKind kind, const CallLimits& limits, std::unique_ptr<Program> program = nullptr,
       int64_t started = SteadyNow())
      : id(id),
        kind(kind),
        limits(limits),
        started(started),
        deadline(limits.timeout_ms > 0 ? started + static_cast<int64_t>(limits.timeout_ms * 1e6) : Watched::kNever),
        cpu_budget(limits.cpu_timeout_ms > 0 ? static_cast<int64_t>(limits.cpu_timeout_ms * 1e6) : 0),
        program(std::move(program)) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const uint64_t id;  // 0: not a call of the host's (bootstrap, a promise that settles)
  const CallKind kind;
  const CallLimits limits;
  const int64_t started;
  const int64_t deadline;    // steady nanoseconds
  const int64_t cpu_budget;  // nanoseconds, 0 = none

  // Of what it brought, where that is kept elsewhere than in `program`. Set before it is in a table.
  size_t bytes = 0;

  // Any thread.
  std::atomic<Phase> phase{Phase::kQueued};
  std::atomic<bool> answered{false};  // taken out of the table
  // Guarded by the call table: until the call begins (CallTable::Begin). Whoever takes it out of the table before has
  // it.
  std::unique_ptr<Program> program;
  // A synchronous call: something of it is left in the guest. Read after its answer has come.
  bool leaves = false;
  // Guarded by the gate of the guest.
  int64_t cpu_used = 0;

  Stop TimedOut(StopReason reason) const {
    Stop stop;
    stop.reason = reason;
    const bool cpu = reason == StopReason::kCpuTimeout;
    stop.limit = cpu ? limits.set_cpu_timeout_ms : limits.set_timeout_ms;
    if (stop.limit == 0) stop.limit = cpu ? limits.cpu_timeout_ms : limits.timeout_ms;
    stop.phase = phase.load(std::memory_order_relaxed);
    return stop;
  }
};

}  // namespace isolet
