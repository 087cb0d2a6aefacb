// Threads that can't come back: they are parked for good, so that they neither burn a core nor touch an isolate that
// is given up. Four ways lead here: V8 reports that it can't go on (FatalGuard), V8 stops itself with a trap
// instruction, V8 fills an engine thread's stack to the end (StackGuard), and a stopped guest stays in a native routine
// that does not look.
//
// A parked thread keeps its stack and its guest; how many there are is counted and bounded (see FatalGuard).
#pragma once

#include <memory>

#include "calls/gate.h"

namespace isolet {

class Losable;

// Never returns. Async-signal-safe.
[[noreturn]] void ParkThisThread();

// The thread that declares guests lost on behalf of threads that can't, and gives their memory back. Started with the
// first guest.
class LostThreads {
 public:
  // Signal handlers and the thread; once per process. False if the system has no thread now: the next call tries again.
  static bool Start();
  // Any thread: `guest` is stuck in that entry. Its thread is stopped where it is, but never inside the C library,
  // whose locks the process needs. Does nothing if the entry has ended meanwhile.
  static void Park(std::shared_ptr<Losable> guest, const Gate::Entry& entry, const char* why);
  // Any thread: once the thread of the lost guest is parked, the memory of its large objects is given back.
  static void Reclaim(std::shared_ptr<Losable> guest);
};

}  // namespace isolet
