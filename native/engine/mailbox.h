// A serial mailbox: tasks posted to it run one after another, each on whatever worker thread is free, never two at
// once. A thread may also borrow the turn itself (a synchronous call) when nobody has it.
//
// Whoever has the turn is the only one who touches what the mailbox serves; the isolate's own lock is therefore never
// contended. No V8 here. Any thread may Post; see the members for the rest.
//
// Lifetime rules
//   1. The mailbox lives inside its owner, and the executor's queue keeps the owner alive (Runnable is shared).
//   2. A task that was posted is either run or dropped (destroyed without Run) by the owner: never forgotten.
//   3. The turn is given back by the thread that took it. Else two threads would be in what the mailbox serves.
// Each is proved by a test that fails without it: npm run test:rules.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/executor.h"
#include "engine/watchdog.h"

namespace isolet {

// What serves a thread that waits for the turn: it is woken when the turn is its own, and may be woken earlier.
class TurnWaiter {
 public:
  virtual ~TurnWaiter() = default;
  // Blocks until Wake was called since the last Wait, or until `deadline` (steady nanoseconds). Called on the waiting
  // thread only.
  virtual void Wait(int64_t deadline) = 0;
  // Any thread.
  virtual void Wake() = 0;
  // Whether Wait has something to do at once, as far as can be seen without a lock. The waiting thread.
  virtual bool Ready() const { return false; }
};

template <typename Task>
class Mailbox : public Runnable {
 public:
  using Batch = std::vector<std::unique_ptr<Task>>;

  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void Post(std::unique_ptr<Task> task) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (turn_ == Turn::kLost) return;
    tasks_.push_back(std::move(task));
    if (turn_ != Turn::kFree || in_queue_) return;
    turn_ = Turn::kQueued;
    in_queue_ = true;
    lock.unlock();
    Executor::Get().Schedule(Self());
  }

  // Takes the turn for the calling thread. With a null waiter it only tries; with one it waits until `deadline`. False
  // if it did not get it.
  bool Borrow(TurnWaiter* waiter, int64_t deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (turn_ == Turn::kFree || turn_ == Turn::kQueued) {
      Take(Turn::kBorrowed);
      return true;
    }
    if (waiter == nullptr || turn_ == Turn::kLost) return false;
    borrowers_.push_back(waiter);
    while (granted_ != waiter) {
      if (turn_ == Turn::kLost || SteadyNow() >= deadline) {
        std::erase(borrowers_, waiter);
        return false;
      }
      lock.unlock();
      waiter->Wait(deadline);
      lock.lock();
    }
    granted_ = nullptr;
    if (turn_ == Turn::kLost) return false;
    Take(Turn::kBorrowed);
    return true;
  }

  // The turn will never be given back: drops what is posted and whoever waits gives up.
  void Lose() {
    Batch dropped;  // destroyed after the mutex: a task may look at the mailbox when it goes
    std::lock_guard<std::mutex> lock(mutex_);
    turn_ = Turn::kLost;
    dropped.swap(tasks_);
    for (TurnWaiter* waiter : borrowers_) waiter->Wake();
  }

  // Nothing happens on a thread that has not taken it (rule 3).
  void GiveBack() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (turn_ != Turn::kBorrowed || holder_ != std::this_thread::get_id()) return;
    Release(&lock);
  }

  // True on the thread that has the turn.
  bool HasTurn() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return (turn_ == Turn::kBorrowed || turn_ == Turn::kRunning) && holder_ == std::this_thread::get_id();
  }

  // Another thread has the turn: Borrow would wait.
  bool TakenElsewhere() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return turn_ != Turn::kFree && turn_ != Turn::kQueued && holder_ != std::this_thread::get_id();
  }

  void RunTurn() final {
    std::unique_lock<std::mutex> lock(mutex_);
    in_queue_ = false;
    // Borrowed since it was queued: whoever has the turn schedules again.
    if (turn_ != Turn::kQueued) return;
    Take(Turn::kRunning);
    Batch batch = std::move(spare_);
    batch.swap(tasks_);
    lock.unlock();
    RunBatch(batch);
    batch.clear();
    lock.lock();
    spare_ = std::move(batch);
    Release(&lock);
  }

 protected:
  // On a worker thread that has the turn. Runs or drops every task.
  virtual void RunBatch(Batch& batch) = 0;
  virtual std::shared_ptr<Runnable> Self() = 0;

 private:
  enum class Turn : uint8_t { kFree, kQueued, kRunning, kBorrowed, kGranted, kLost };

  void Take(Turn turn) {
    turn_ = turn;
    holder_ = std::this_thread::get_id();
  }

  void Release(std::unique_lock<std::mutex>* lock) {
    if (turn_ == Turn::kLost) return;
    holder_ = std::thread::id();
    if (!borrowers_.empty()) {
      turn_ = Turn::kGranted;
      granted_ = borrowers_.front();
      borrowers_.pop_front();
      // Woken under the lock: the waiter may be gone as soon as it sees the turn.
      granted_->Wake();
      return;
    }
    if (tasks_.empty()) {
      turn_ = Turn::kFree;
      return;
    }
    turn_ = Turn::kQueued;
    if (in_queue_) return;
    in_queue_ = true;
    lock->unlock();
    Executor::Get().Schedule(Self());
  }

  // Guards everything below. Lock order: before the waiter's own lock and before nothing else.
  mutable std::mutex mutex_;
  Batch tasks_;
  Batch spare_;  // empty: room for the next batch without an allocation
  std::deque<TurnWaiter*> borrowers_;
  TurnWaiter* granted_ = nullptr;
  std::thread::id holder_;
  Turn turn_ = Turn::kFree;
  bool in_queue_ = false;  // the executor's queue has an entry for us
};

}  // namespace isolet
