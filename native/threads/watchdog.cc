#include "threads/watchdog.h"

#include <algorithm>
#include <chrono>

#include "threads/thread.h"

namespace isolet {
namespace {

thread_local bool is_watchdog = false;

}  // namespace

int64_t SteadyNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Watchdog& Watchdog::Get() {
  static Watchdog* watchdog = new Watchdog();
  return *watchdog;
}

bool Watchdog::EnsureStarted() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!started_) started_ = StartThread("isolet-watchdog", [this] { Main(); });
  return started_;
}

void Watchdog::Register(Watched* watched) {
  std::lock_guard<std::mutex> lock(mutex_);
  watched->slot_ = watched_.size();
  watched_.push_back(watched);
  if (!started_) started_ = StartThread("isolet-watchdog", [this] { Main(); });
}

void Watchdog::Unregister(Watched* watched) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (watched->slot_ >= watched_.size() || watched_[watched->slot_] != watched) return;
  watched_[watched->slot_] = watched_.back();
  watched_[watched->slot_]->slot_ = watched->slot_;
  watched_.pop_back();
}

void Watchdog::Arm(Watched* watched, int64_t due) {
  int64_t seen = watched->due_.load(std::memory_order_relaxed);
  if (seen <= due) return;
  while (seen > due && !watched->due_.compare_exchange_weak(seen, due, std::memory_order_seq_cst)) {
  }
  // It reads all due times once more before it waits.
  if (is_watchdog || next_wake_.load(std::memory_order_seq_cst) <= due) return;
  // Taking the mutex closes the gap between the thread's scan and its wait.
  std::lock_guard<std::mutex> lock(mutex_);
  wake_.notify_one();
}

uint64_t Watchdog::looked() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return looked_;
}

void Watchdog::Main() {
  is_watchdog = true;
  std::unique_lock<std::mutex> lock(mutex_);
  int64_t rested = 0;
  auto wait_until = [&](int64_t when) {
    wake_.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(when)));
  };
  for (;;) {
    int64_t now = SteadyNow();
    if (now < rested) {
      next_wake_.store(rested, std::memory_order_seq_cst);
      wait_until(rested);
      continue;
    }
    // While it scans it is "awake now": Arm need not notify, but what it stores may be behind the scan, so the wait
    // below is entered only after next_wake_ is published and the due times were read once more.
    int64_t next = Watched::kNever;
    for (Watched* watched : watched_) {
      int64_t due = watched->due_.load(std::memory_order_seq_cst);
      if (due <= now) {
        watched->due_.store(Watched::kNever, std::memory_order_seq_cst);
        int64_t again = watched->OnDue(now);
        int64_t seen = watched->due_.load(std::memory_order_relaxed);
        while (seen > again && !watched->due_.compare_exchange_weak(seen, again, std::memory_order_seq_cst)) {
        }
        due = watched->due_.load(std::memory_order_seq_cst);
      }
      if (due < next) next = due;
    }
    looked_ += watched_.size();
    rested = now + static_cast<int64_t>(watched_.size()) * kRestForEach;
    next = std::max(next, rested);
    next_wake_.store(next, std::memory_order_seq_cst);
    bool earlier = false;
    for (Watched* watched : watched_) {
      if (watched->due_.load(std::memory_order_seq_cst) < next) earlier = true;
    }
    // It looks again once it has rested.
    if (earlier) continue;
    if (next == Watched::kNever) {
      wake_.wait(lock);
    } else {
      wait_until(next);
    }
  }
}

}  // namespace isolet
