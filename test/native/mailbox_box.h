// What the tests of the mailbox share: a mailbox that notices overlapping turns, and one that waits for a turn.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "check.h"
#include "threads/mailbox.h"
#include "work.h"

namespace isolet::test {

inline constexpr int64_t kMs = 1'000'000;

struct Task {
  explicit Task(std::function<void()> run) : run(std::move(run)) {}
  std::function<void()> run;
};

// Not synchronised on purpose: a turn that overlaps another is a data race the sanitizer sees, or a wrong count.
class Box final : public Mailbox<Task>, public std::enable_shared_from_this<Box> {
 public:
  std::vector<int> order;  // whoever has the turn
  int64_t count = 0;

  void PostRun(std::function<void()> run, Urgency urgency = Urgency::kNormal) {
    Post(std::make_unique<Task>(std::move(run)), urgency);
  }
  int overlaps() const { return overlaps_.load(); }
  void Enter() {
    if (inside_.exchange(true)) overlaps_.fetch_add(1);
  }
  void Leave() { inside_.store(false); }

 protected:
  void RunBatch(Batch& batch) override {
    Enter();
    for (std::unique_ptr<Task>& task : batch) task->run();
    Leave();
  }
  std::shared_ptr<Runnable> Self() override { return shared_from_this(); }

 private:
  std::atomic<bool> inside_{false};
  std::atomic<int> overlaps_{0};
};

class Waiter final : public TurnWaiter {
 public:
  bool Wait(int64_t deadline) override {
    std::unique_lock<std::mutex> lock(mutex_);
    auto woken = [this] { return woken_; };
    if (deadline == Watched::kNever) {
      changed_.wait(lock, woken);
    } else {
      changed_.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline)), woken);
    }
    woken_ = false;
    return false;
  }
  void Wake() override {
    std::lock_guard<std::mutex> lock(mutex_);
    woken_ = true;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
};

inline int64_t Soon() { return SteadyNow() + kPatienceMs * kMs; }

inline bool Idle(Box* box) {
  if (!box->Borrow(nullptr, 0)) return false;
  box->GiveBack();
  return true;
}

}  // namespace isolet::test
