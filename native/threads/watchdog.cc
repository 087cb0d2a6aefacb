#include "threads/watchdog.h"

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

void Watchdog::Main() {
  is_watchdog = true;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    // While it scans it is "awake now": Arm need not notify, but what it stores may be behind the scan, so the wait
    // below is entered only after next_wake_ is published and the due times were read once more.
    int64_t now = SteadyNow();
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
    next_wake_.store(next, std::memory_order_seq_cst);
    bool earlier = false;
    for (Watched* watched : watched_) {
      if (watched->due_.load(std::memory_order_seq_cst) < next) earlier = true;
    }
    if (earlier) continue;
    if (next == Watched::kNever) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(next)));
    }
  }
}

}  // namespace isolet
