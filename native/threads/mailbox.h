// A serial mailbox: tasks posted to it run one after another, each on whatever worker thread is free, never two at
// once. A thread may also borrow the turn itself (a synchronous call) when nobody has it.
//
// Whoever has the turn is the only one who touches what the mailbox serves; the isolate's own lock is therefore never
// contended. A thread that has given the turn back may keep what it held (keeper.h); nobody gets the turn before it has
// let go. No V8 here. Any thread may Post; see the members for the rest.
//
// Lifetime rules
//   1. The mailbox lives inside its owner, and the executor's queue keeps the owner alive (Runnable is shared).
//   2. A task that was posted is either run or dropped (destroyed without Run) by the owner: never forgotten.
//   3. The turn is given back by the thread that took it. Else two threads would be in what the mailbox serves.
//   4. What a thread keeps of a turn it lets go itself, before anybody else gets the turn.
// Each is proved by a test that fails without it: npm run test:rules.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "threads/executor.h"
#include "threads/keeper.h"
#include "threads/lock_soon.h"
#include "threads/thread.h"
#include "threads/watchdog.h"

namespace isolet {

// What serves a thread that waits for the turn: it is woken when the turn is its own, and may be woken earlier.
class TurnWaiter {
 public:
  virtual ~TurnWaiter() = default;
  // Blocks until Wake was called since the last Wait, until `deadline` (steady nanoseconds), or until there is
  // something to Serve: then true. Called on the waiting thread only.
  virtual bool Wait(int64_t deadline) = 0;
  // Does what others ask of the waiting thread.
  virtual void Serve() {}
  // Any thread.
  virtual void Wake() = 0;
  // Whether Wait has something to do at once, as far as can be seen without a lock. The waiting thread.
  virtual bool Ready() const { return false; }
  // What the waiting thread keeps things with; null: it keeps nothing.
  virtual Keeper* keeper() { return nullptr; }
};

template <typename Task>
class Mailbox : public Runnable {
 public:
  using Batch = std::vector<std::unique_ptr<Task>>;

  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // An urgent task is run after those that were posted before it, but its turn comes soon.
  void Post(std::unique_ptr<Task> task, Urgency urgency = Urgency::kNormal, Waking waking = Waking::kNow) {
    std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
    if (turn_ == Turn::kLost) return;
    tasks_.push_back(std::move(task));
    urgent_ |= urgency == Urgency::kUrgent;
    if (turn_ == Turn::kKept) {
      CallKeeper(&lock);
      return;
    }
    if (turn_ == Turn::kFree) turn_ = Turn::kQueued;
    if (turn_ == Turn::kQueued) Enqueue(&lock, waking);
  }

  // Drops posted tasks of which `stale` says that they have nothing to do any more.
  template <typename Stale>
  void DropIf(const Stale& stale) {
    Batch dropped;  // destroyed after the mutex: a task may look at the mailbox when it goes
    std::lock_guard<std::mutex> lock(mutex_);
    size_t kept = 0;
    for (std::unique_ptr<Task>& task : tasks_) {
      if (stale(*task)) {
        dropped.push_back(std::move(task));
      } else {
        std::swap(tasks_[kept++], task);
      }
    }
    tasks_.resize(kept);
  }

  // Takes the turn for the calling thread, whose keeper is `keeper`. With a null waiter it only tries; with one it
  // waits until `deadline`. False if it did not get it.
  bool Borrow(TurnWaiter* waiter, int64_t deadline, const Keeper* keeper = nullptr) {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool own = turn_ == Turn::kKept && keeper_ == keeper;
    if (turn_ == Turn::kFree || turn_ == Turn::kQueued || own) {
      Take(Turn::kBorrowed);
      return true;
    }
    if (waiter == nullptr || turn_ == Turn::kLost) return false;
    borrowers_.push_back(waiter);
    if (turn_ == Turn::kKept) keeper_->Wanted(Urgency::kUrgent);
    while (granted_ != waiter) {
      if (turn_ == Turn::kLost || SteadyNow() >= deadline) {
        std::erase(borrowers_, waiter);
        return false;
      }
      lock.unlock();
      if (waiter->Wait(deadline)) waiter->Serve();
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
    holder_ = 0;
    dropped.swap(tasks_);
    for (TurnWaiter* waiter : borrowers_) waiter->Wake();
  }

  // Nothing happens on a thread that has not taken it (rule 3). With a keeper, the calling thread's, that may keep what
  // the turn held.
  void GiveBack(Keeper* keeper = nullptr) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (turn_ != Turn::kBorrowed || holder_ != ThreadNumber()) return;
    Release(&lock, Waking::kNow, tasks_.empty() ? keeper : nullptr);
  }

  // Runs `look` if nobody has the turn, and nobody gets it meanwhile: a moment. False if somebody has.
  template <typename Look>
  bool LookIfIdle(const Look& look) const {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!Idle()) return false;
    look();
    return true;
  }

  // True on the thread that has the turn: no other one writes its number here, or takes it away.
  bool HasTurn() const { return holder_.load(std::memory_order_relaxed) == ThreadNumber(); }

  // Another thread has the turn: Borrow would wait.
  bool TakenElsewhere() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return !Idle() && holder_ != ThreadNumber();
  }

  // Something was posted that has not run.
  bool HasTasks() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return !tasks_.empty();
  }

  void RunTurn() final {
    std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
    --entries_;
    urgent_entry_ = false;  // at least it may have been that one
    // Taken since it was queued: whoever has the turn schedules again.
    if (turn_ == Turn::kQueued) {
      RunTasks(&lock);
    } else if (turn_ == Turn::kKept && keeper_ == Executor::Here()) {
      RunKept(&lock);
    }
  }

  void GoOn(Keeper& keeper) final {
    std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
    if (turn_ == Turn::kKept && keeper_ == &keeper) RunKept(&lock);
  }

  void Quit(Keeper& keeper) final {
    std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
    if (turn_ != Turn::kKept || keeper_ != &keeper) return;
    Take(Turn::kRunning);
    Release(&lock, Waking::kNow, nullptr);
  }

 protected:
  // On a worker thread that has the turn. Runs or drops every task.
  virtual void RunBatch(Batch& batch) = 0;
  // On the thread that has the turn, under the mutex: whether there is anything that is worth keeping.
  virtual bool MayStay() const { return false; }
  // The turn is over and somebody else's may begin: what it holds of this thread is let go.
  virtual void LeaveThread() {}
  virtual std::shared_ptr<Runnable> Self() = 0;

 private:
  // kKept: nobody has it, and who had it last keeps what it held.
  enum class Turn : uint8_t { kFree, kQueued, kRunning, kBorrowed, kGranted, kKept, kLost };

  bool Idle() const { return turn_ == Turn::kFree || turn_ == Turn::kQueued || turn_ == Turn::kKept; }

  void Take(Turn turn) {
    turn_ = turn;
    holder_ = ThreadNumber();
  }

  void RunTasks(std::unique_lock<std::mutex>* lock) {
    Take(Turn::kRunning);
    urgent_ = false;
    Batch batch = std::move(spare_);
    batch.swap(tasks_);
    lock->unlock();
    RunBatch(batch);
    batch.clear();
    LockSoon(lock);
    spare_ = std::move(batch);
    Release(lock, Waking::kComesBack, Executor::KeeperHere(!tasks_.empty()));
  }

  // On the keeper's thread.
  void RunKept(std::unique_lock<std::mutex>* lock) {
    if (!borrowers_.empty()) {
      Take(Turn::kRunning);
      Release(lock, Waking::kNow, nullptr);
    } else if (!tasks_.empty()) {
      RunTasks(lock);
    } else {
      keeper_->Keep(Self());
    }
  }

  // Something is there for the thread that keeps our things.
  void CallKeeper(std::unique_lock<std::mutex>* lock) {
    Keeper& keeper = *keeper_;
    const bool here = keeper.Wanted(urgent_ ? Urgency::kUrgent : Urgency::kNormal);
    lock->unlock();
    if (here) keeper.Quit();
  }

  void Release(std::unique_lock<std::mutex>* lock, Waking waking, Keeper* keeper) {
    if (turn_ == Turn::kLost) return;
    if (keeper != nullptr && borrowers_.empty() && MayStay()) {
      holder_ = 0;
      turn_ = Turn::kKept;
      keeper_ = keeper;
      keeper->Keep(Self());
      if (!tasks_.empty()) CallKeeper(lock);
      return;
    }
    lock->unlock();
    LeaveThread();
    LockSoon(lock);
    if (turn_ == Turn::kLost) return;
    keeper_ = nullptr;
    holder_ = 0;
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
    Enqueue(lock, waking);
  }

  // The executor has an entry for us, an urgent one if that is needed: one that is queued already may be far behind.
  // The entry that is left over then finds the turn taken, or is early for the next.
  void Enqueue(std::unique_lock<std::mutex>* lock, Waking waking) {
    if (urgent_ ? urgent_entry_ : entries_ > 0) return;
    ++entries_;
    urgent_entry_ |= urgent_;
    const Urgency urgency = urgent_ ? Urgency::kUrgent : Urgency::kNormal;
    lock->unlock();
    Executor::Get().Schedule(Self(), urgency, waking);
  }

  // Guards everything below. Lock order: before a waiter's own lock and a keeper's (the executor's, the inbox's).
  mutable std::mutex mutex_;
  Batch tasks_;
  Batch spare_;  // empty: room for the next batch without an allocation
  std::deque<TurnWaiter*> borrowers_;
  TurnWaiter* granted_ = nullptr;
  Keeper* keeper_ = nullptr;         // while the turn is kept: it stays until it has let go
  std::atomic<uint64_t> holder_{0};  // ThreadNumber of the thread that has the turn, 0 = none
  Turn turn_ = Turn::kFree;
  size_t entries_ = 0;         // for us in the executor's queues
  bool urgent_ = false;        // one of tasks_ is
  bool urgent_entry_ = false;  // one of entries_ is for sure
};

}  // namespace isolet
