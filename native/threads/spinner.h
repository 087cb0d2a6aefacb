// Whether a thread that waits for another one should spin before it sleeps, learned from how its last attempts went:
// to sleep and be woken takes longer than most of our work, but a thread that spins in vain, or on a core that somebody
// else wants, only delays whoever it waits for.
//
// Spin is for any thread; the rest for one thread at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>

#include "threads/processors.h"
#include "threads/thread.h"
#include "threads/watchdog.h"

namespace isolet {

class Spinner {
 public:
  enum class Result : uint8_t {
    kCame,
    kInVain,
    kCameWhileAway,  // it came while somebody else had the core
    kAway,           // somebody else had the core
  };
  static bool Came(Result result) { return result == Result::kCame || result == Result::kCameWhileAway; }

  // With less than two processors whoever is waited for can't run meanwhile.
  static bool Possible() {
    static const bool possible = AvailableProcessors() >= 2;
    return possible;
  }

  // Asked once before each wait. Each consecutive failure doubles the number of waits that go without, each success
  // halves it: traffic that has become quick again is noticed within some dozen waits.
  bool Pays() {
    if (!Possible()) return false;
    if (skip_ == 0) return true;
    --skip_;
    return false;
  }

  // Until `ready()` or so many nanoseconds are over.
  template <typename Ready>
  static Result Spin(int64_t nanoseconds, const Ready& ready) {
    const int64_t began = SteadyNow();
    int64_t seen = began;
    for (;;) {
      for (int i = 0; i < kLooksPerClock; ++i) {
        if (ready()) return SteadyNow() - seen > kGap ? Result::kCameWhileAway : Result::kCame;
        CpuRelax();
      }
      int64_t now = SteadyNow();
      if (now - seen > kGap) return Result::kAway;
      if (now - began > nanoseconds) return Result::kInVain;
      seen = now - began > kUndivided && MayYield(now) ? Yield() : now;
    }
  }

  void Learn(Result result) {
    if (result == Result::kCame) {
      if (failures_ > 0) --failures_;
    } else {
      failures_ = std::min(failures_ + (result == Result::kInVain ? 1 : 2), kMostFailures);
    }
    skip_ = (1u << failures_) - 1;
  }

 private:
  // Two threads of ours that the system has put on one core would spin in vain, as one can only run when the other does
  // not: so a spinning thread gives its core away for a moment, unless it came back late when one of ours last did.
  static bool MayYield(int64_t now) { return now > no_yield_until_.load(std::memory_order_relaxed); }
  static int64_t Yield() {
    int64_t began = SteadyNow();
    std::this_thread::yield();
    int64_t now = SteadyNow();
    if (now - began > kLate) no_yield_until_.store(now + kCalm, std::memory_order_relaxed);
    return now - began > kGap ? began : now;
  }

  // A program that computes keeps a core for milliseconds.
  static constexpr int64_t kLate = 2000 * 1000;
  static constexpr int64_t kCalm = 2000LL * 1000 * 1000;
  // What comes sooner than this is not seen later because of a system call.
  static constexpr int64_t kUndivided = 5 * 1000;
  static constexpr int kLooksPerClock = 16;
  static constexpr int64_t kGap = 20 * 1000;  // between two looks at the clock: more than they take
  static constexpr unsigned kMostFailures = 5;

  static inline std::atomic<int64_t> no_yield_until_{0};  // steady nanoseconds

  unsigned failures_ = 0;
  unsigned skip_ = 0;
};

}  // namespace isolet
