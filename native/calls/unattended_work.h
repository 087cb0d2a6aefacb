// Work that no call waits for: promise reactions, timers and tasks of V8 that calls left behind when they were
// answered. One piece of it has the limits of the last call that ran with any; all of it together may take a quarter of
// a processor for ever, and three times the limit at once. What takes more would burn a processor until the runtime is
// closed, a piece at a time. A quarter: three times as long as a piece worked passes before the next one. That a busy
// machine drew it out makes up for nothing.
//
// The holder of the isolate's lock, except NoteRan and limits: any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "calls/limits.h"

namespace isolet {

class CallTable;

class UnattendedWork {
 public:
  UnattendedWork() = default;
  UnattendedWork(const UnattendedWork&) = delete;
  UnattendedWork& operator=(const UnattendedWork&) = delete;

  // A call with these limits begins.
  void NoteRan(const CallLimits& limits);
  CallLimits limits() const;
  // Of a piece that runs now: the widest of the calls that have begun and of the last one; `otherwise` where they have
  // none.
  CallLimits Limits(const CallTable& calls, const CallLimits& otherwise) const;
  // A piece that ran from `began` to `now` used `cpu` nanoseconds. False: together it is too much. `limit`: of one
  // piece, nanoseconds.
  bool Account(int64_t began, int64_t now, int64_t cpu, int64_t limit);

 private:
  std::atomic<double> timeout_ms_{0};
  std::atomic<double> cpu_timeout_ms_{0};
  int64_t used_ = 0;  // nanoseconds that time has not made up for
  int64_t as_of_ = 0;
};

}  // namespace isolet
