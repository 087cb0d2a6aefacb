// Processor time of the calling thread without a system call per question. Between two looks at the system's clock that
// are close together the thread is taken to have run all the time.
//
// Off by at most kFresh per question, and only if the thread was preempted within that time. Answers of one thread can
// be compared with one another only.
#pragma once

#include <cstdint>

namespace isolet {

class CpuMeter {
 public:
  // How old the last look at the clock may be.
  static constexpr int64_t kFresh = 100 * 1000;
  // What takes no longer is measured by the wall clock alone.
  static constexpr int64_t kShort = 20 * 1000;

  // The thread's processor time at `now` (steady nanoseconds).
  static int64_t Begin(int64_t now);
  // The same for something that began at `began`.
  static int64_t End(int64_t began, int64_t now);
};

}  // namespace isolet
