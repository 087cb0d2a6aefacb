// A synchronous call that runs on an engine thread while the host's thread waits. The waiting side may give up (its
// time is over and the guest does not unwind); then the answer is dropped when it comes.
//
// The host's thread makes it and waits; the thread that has the guest's turn runs it; whoever ends the guest may finish
// it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "engine/call.h"
#include "engine/frame.h"
#include "engine/mailbox.h"
#include "engine/outcome.h"

namespace isolet {

class SyncJob {
 public:
  SyncJob(CallKind kind, uint64_t id, const CallLimits& limits, std::unique_ptr<Program> program, TurnWaiter& waiter)
      : call_(id, kind, limits), program_(std::move(program)), waiter_(&waiter) {}
  SyncJob(const SyncJob&) = delete;
  SyncJob& operator=(const SyncJob&) = delete;

  Call& call() { return call_; }
  Program& program() { return *program_; }

  // The first answer counts. False: nobody wants it, `outcome` stays with the caller.
  bool Finish(Outcome&& outcome) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (waiter_ == nullptr || done_.load(std::memory_order_relaxed)) return false;
    outcome_ = std::move(outcome);
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
  // After done(). Whoever finished it may still be waking the waiter, which must not go before.
  Outcome Take() {
    std::lock_guard<std::mutex> lock(mutex_);
    return std::move(outcome_);
  }
  // The waiting side leaves. False if the answer is there.
  bool Abandon() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (done_.load(std::memory_order_relaxed)) return false;
    waiter_ = nullptr;
    return true;
  }

 private:
  Call call_;
  const std::unique_ptr<Program> program_;
  std::mutex mutex_;  // guards the rest; before the waiter's own
  TurnWaiter* waiter_;
  Outcome outcome_;
  std::atomic<bool> done_{false};
  std::atomic<bool> asleep_{false};
};

}  // namespace isolet
