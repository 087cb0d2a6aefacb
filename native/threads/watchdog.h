// One thread that notices when something is due. Each watched thing has one due time; when it passes, the watchdog
// asks it what to do and when to come back.
//
// One watchdog per process, made on first use and never destroyed. Any thread may call it. No V8 here.
//
// Arming costs no system call as long as the watchdog would wake before the new due time anyway: due times only ever
// move earlier by Arm, a stale one costs a wake-up that finds nothing, and with nothing due the thread sleeps without
// a time limit (an idle process pays nothing).
//
// A look goes over everything that is watched. So that many with due times of their own do not cost the square of their
// number, it rests after a look for as long as there is much to look at: what falls due meanwhile is that much late.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <vector>

namespace isolet {

// Nanoseconds of the steady clock.
int64_t SteadyNow();

class Watched {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  virtual ~Watched() = default;
  // On the watchdog's thread, with its mutex held: must not call Register, Unregister or block. Answers the next due
  // time (kNever: none).
  virtual int64_t OnDue(int64_t now) = 0;

 private:
  friend class Watchdog;
  std::atomic<int64_t> due_{kNever};
  size_t slot_ = 0;  // index in Watchdog::watched_, guarded by its mutex
};

class Watchdog {
 public:
  static Watchdog& Get();

  // How long it rests after a look, in nanoseconds for each that is watched: two milliseconds for five thousand.
  static constexpr int64_t kRestForEach = 400;

  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Whether its thread runs; starts it if not. False if the system has none now: the next call tries again.
  bool EnsureStarted();
  void Register(Watched* watched);
  // After this returns OnDue is not running and will not be called again.
  void Unregister(Watched* watched);
  // Makes sure OnDue is called at `due` or earlier. May be called from an OnDue.
  void Arm(Watched* watched, int64_t due);

  // How many were looked at so far, each as often as it was.
  uint64_t looked() const;

 private:
  Watchdog() = default;
  void Main();

  // Guards watched_, looked_, started_ and slots. Lock order: this before everything a Watched locks in OnDue.
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Watched*> watched_;
  uint64_t looked_ = 0;
  bool started_ = false;
  // When the thread will look next. Written under mutex_, read without it by Arm: with due_ it forms the usual
  // store-then-load pair on both sides (seq_cst), so either Arm sees the late wake-up or the scan sees the new due.
  std::atomic<int64_t> next_wake_{Watched::kNever};
};

}  // namespace isolet
