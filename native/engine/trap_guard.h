// Catches V8 when it stops the process on a thread that is making a snapshot: there are states that its serializer
// refuses by a failed check, and no callback hears of those. The thread must never go on; the guard's owner is told,
// and the thread is parked.
//
// While no guard exists the process's signal dispositions are what they were. Does nothing on Windows.
#pragma once

namespace isolet {

class TrapGuard {
 public:
  // On this thread until the guard is destroyed. `trapped(data)` runs once, on the parked thread.
  TrapGuard(void (*trapped)(void* data), void* data);
  ~TrapGuard();
  TrapGuard(const TrapGuard&) = delete;
  TrapGuard& operator=(const TrapGuard&) = delete;
};

}  // namespace isolet
