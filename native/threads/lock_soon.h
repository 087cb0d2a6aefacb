// Takes a mutex that is only ever held for moments. Whoever holds it runs right now, so a few looks find it free again;
// to sleep and be woken costs a hundred times as much. Any thread.
#pragma once

#include <mutex>

#include "threads/thread.h"

namespace isolet {

inline void LockSoon(std::unique_lock<std::mutex>* lock) {
  constexpr int kLooks = 64;
  for (int i = 0; i < kLooks; ++i) {
    if (lock->try_lock()) return;
    CpuRelax();
  }
  lock->lock();
}

// The same for a scope.
inline std::unique_lock<std::mutex> LockedSoon(std::mutex& mutex) {
  std::unique_lock<std::mutex> lock(mutex, std::defer_lock);
  LockSoon(&lock);
  return lock;
}

}  // namespace isolet
