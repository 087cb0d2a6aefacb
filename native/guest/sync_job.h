// A synchronous call that runs on an engine thread while the host's thread waits. The waiting side may give up (its
// time is over and the guest does not unwind); then the answer is dropped when it comes, and a call that has not begun
// never does.
//
// The host's thread makes it and waits; the thread that has the guest's turn runs it; whoever ends the guest may finish
// it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "calls/call.h"
#include "calls/outcome.h"
#include "entry/frame.h"
#include "threads/executor.h"
#include "threads/mailbox.h"

namespace isolet {

class SyncJob {
 public:
  SyncJob(CallKind kind, uint64_t id, const CallLimits& limits, std::unique_ptr<Program> program, TurnWaiter& waiter)
      : call_(id, kind, limits), program_(std::move(program)), waiter_(&waiter) {}
  SyncJob(const SyncJob&) = delete;
  SyncJob& operator=(const SyncJob&) = delete;

  Call& call() { return call_; }
  // Of the waiting thread, while it does nothing else.
  Executor::LentPlace& place() { return place_; }
  // For the thread that is about to run it; null if nobody waits for it any more.
  std::unique_ptr<Program> Begin() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (waiter_ == nullptr) return nullptr;
    begun_.store(true, std::memory_order_release);
    return std::move(program_);
  }
  bool begun() const { return begun_.load(std::memory_order_acquire); }

  // The first answer counts. False: nobody wants it, `outcome` stays with the caller.
  bool Finish(Outcome&& outcome) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (waiter_ == nullptr || done_.load(std::memory_order_relaxed)) return false;
    outcome_ = std::move(outcome);
    place_.TakeBack();
    done_.store(true, std::memory_order_seq_cst);
    if (asleep_.load(std::memory_order_seq_cst)) waiter_->Wake();
    return true;
  }
  // The waiting side is about to sleep and wants to be woken. False if the answer is there.
  bool FallAsleep() {
    asleep_.store(true, std::memory_order_seq_cst);
    return !done_.load(std::memory_order_seq_cst);
  }

  bool done() const { return done_.load(std::memory_order_acquire); }
  // After done(). Whoever finished it may still be waking the waiter, which must not go before; if that never fell
  // asleep nobody does.
  Outcome Take() {
    std::unique_lock<std::mutex> lock(mutex_, std::defer_lock);
    if (asleep_.load(std::memory_order_relaxed)) lock.lock();
    return std::move(outcome_);
  }
  // The waiting side leaves, with the program if that has not begun. False if the answer is there.
  bool Abandon(std::unique_ptr<Program>* unbegun) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (done_.load(std::memory_order_relaxed)) return false;
    waiter_ = nullptr;
    *unbegun = std::move(program_);
    place_.TakeBack();
    abandoned_.store(true, std::memory_order_relaxed);
    return true;
  }
  bool abandoned() const { return abandoned_.load(std::memory_order_relaxed); }

 private:
  Call call_;
  Executor::LentPlace place_;
  std::mutex mutex_;  // guards the rest; before the waiter's own
  std::unique_ptr<Program> program_;
  TurnWaiter* waiter_;
  Outcome outcome_;  // nobody writes it when done_ is set
  std::atomic<bool> begun_{false};
  std::atomic<bool> done_{false};
  std::atomic<bool> asleep_{false};
  std::atomic<bool> abandoned_{false};
};

}  // namespace isolet
