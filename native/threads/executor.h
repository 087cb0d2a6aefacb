// The engine's worker threads: a run queue of things that want one turn on a thread.
//
// Places: as many turns run at once as there are processors. A thread that only waits lends its place: a worker that
// blocks or lingers, and a thread of the host's that waits for a guest. What somebody waits for is urgent: it does not
// queue behind turns that compute, and if all places are taken it gets a thread all the same. That is never more than
// one per thread that waits, and what its caller leaves behind takes an ordinary place: fewer others begin until it is
// done. So threads that can run are at most the processors and those that wait, and neither kind starves the other.
//
// There is one executor per process, shared by every Node environment in it, made on first use and never destroyed:
// worker threads may outlive main() and must not find its mutex gone. Any thread may call Schedule. No V8 here.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "threads/keeper.h"
#include "threads/spinner.h"
#include "threads/watchdog.h"

namespace isolet {

// Who sees to it that a turn that was scheduled gets a thread. A third thread that is woken in vain takes its core from
// one of the two that work.
enum class Waking : uint8_t {
  kNow,
  kComesBack,  // the calling worker: its turn is over and it looks for the next one
  kWatched,    // a thread that watches, and asks with Kick if none of those that run turns comes back soon
};

class Executor {
 public:
  static Executor& Get();

  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Whether there is a worker; starts one if not. False if the system has no thread now: the next call tries again.
  bool EnsureStarted();
  void Schedule(std::shared_ptr<Runnable> runnable, Urgency urgency = Urgency::kNormal, Waking waking = Waking::kNow);
  // What may begin and has nobody gets a thread.
  void Kick();

  // A worker thread that is about to wait for somebody else says so, and another thread takes the queue meanwhile:
  // as many threads make progress as before. On other threads it does nothing.
  class BlockingRegion {
   public:
    BlockingRegion();
    ~BlockingRegion();
    BlockingRegion(const BlockingRegion&) = delete;
    BlockingRegion& operator=(const BlockingRegion&) = delete;

   private:
    bool on_worker_;
  };

  // A thread that is none of ours and does nothing but wait for an urgent turn. Any thread may take the place back:
  // the one that brings the answer does, before that thread goes on.
  class LentPlace {
   public:
    LentPlace() = default;
    ~LentPlace() { TakeBack(); }
    LentPlace(const LentPlace&) = delete;
    LentPlace& operator=(const LentPlace&) = delete;

    void Lend() {
      if (!lent_.exchange(true)) Get().lent_.fetch_add(1);
    }
    void TakeBack() {
      if (lent_.load(std::memory_order_acquire) && lent_.exchange(false)) Get().lent_.fetch_sub(1);
    }

   private:
    std::atomic<bool> lent_{false};
  };

  // The calling worker, if what it has just run may stay on it: nobody else has to do with it, and there is none that
  // would be quicker with the next turn. `more`: there is one already. Null on other threads.
  static Keeper* KeeperHere(bool more);
  // The calling worker; null on other threads.
  static Keeper* Here() { return here_; }
  // Is the calling thread one of ours?
  static bool OnWorker();
  // A worker thread takes long to unwind and must not hold up the queue: another runs turns beside it until EndLinger.
  void BeginLinger();
  void EndLinger();
  // A worker thread that runs a turn will never come back: another may take its place.
  void LoseThread();

  // Process exit: starts no more turns, and waits up to `timeout_ms` for running ones to end. True if none is left.
  bool Stop(int timeout_ms);

  // Whether a turn scheduled now would start now.
  bool idle() const;
  size_t thread_count() const;

 private:
  // A worker thread. It may keep what its last turn held as long as it does nothing else: asleep, too.
  class Worker final : public Keeper {
   public:
    enum class State : uint8_t { kRuns, kSpins, kSleeps, kWoken };

    explicit Worker(Executor& executor) : executor_(executor) {}
    bool Wanted(Urgency urgency) override;
    const std::shared_ptr<Runnable>& kept() const { return kept_; }  // its own thread only

    // Guarded by mutex_ from here on.
    std::condition_variable wake;
    State state = State::kRuns;
    bool keeps = false;     // while it sleeps
    bool wanted = false;    // what it keeps is
    bool reserved = false;  // and has a place: it counts as running

   private:
    Executor& executor_;
  };

  explicit Executor(size_t width);

  void WorkerMain();
  // A worker that has just run a turn looks for the next one for a moment. Needs and gives back mutex_.
  void Spin(Worker& worker, std::unique_lock<std::mutex>* lock);
  // Until there is something for this worker to do. Needs and gives back mutex_.
  void Sleep(Worker& worker, std::unique_lock<std::mutex>* lock);
  // One that sleeps, if any does; rather one that keeps nothing. Needs mutex_.
  Worker* Sleeper();
  // Needs mutex_; whoever calls it notifies the worker.
  void Rouse(Worker& worker);
  // The next three need mutex_.
  size_t places() const { return width_ + blocked_ + lent_.load(); }
  // How many queued turns may begin now.
  size_t Startable() const;
  // What the worker does next: with `own` what it keeps. It counts as running. Needs mutex_.
  std::shared_ptr<Runnable> Next(Worker& worker, bool* own);
  // The next turn from the queues; null if none may begin.
  std::shared_ptr<Runnable> Take();
  // After more turns may begin: sees to it that threads take them, besides so many that come back by themselves. False
  // if the system has no thread now: somebody has to TryLater. Needs mutex_.
  bool Provide(size_t returning);
  // Provides, and gives mutex_ back.
  void Arrange(std::unique_lock<std::mutex>* lock, size_t returning = 0);
  // Starts threads for turns that nobody is there to run. False if the system refuses: the caller asks for another try
  // with TryLater, without mutex_. Needs mutex_.
  bool AddThreadsIfNeeded(size_t returning = 0);
  bool AddThread();
  void TryLater();

  // The system had no thread: tries again as long as one is needed.
  class Retry final : public Watched {
   public:
    explicit Retry(Executor& executor) : executor_(executor) {}
    int64_t OnDue(int64_t now) override;

   private:
    Executor& executor_;
  };
  Retry retry_{*this};

  // The worker that the calling thread is.
  static thread_local Worker* here_;

  std::atomic<size_t> startable_{0};  // for a spinning worker; written under mutex_
  std::atomic<bool> called_{false};   // the spinning worker's own thing is wanted; written under mutex_
  std::atomic<size_t> lent_{0};       // threads of the host's that wait

  const size_t width_;        // how many turns may run at once
  const size_t max_threads_;  // running plus blocked; beyond it work waits in the queue, unless it is urgent

  // Guards everything below. Leaf lock: nothing else is locked while it is held.
  mutable std::mutex mutex_;
  std::condition_variable idle_;  // for Stop
  std::deque<std::shared_ptr<Runnable>> queue_;
  std::deque<std::shared_ptr<Runnable>> urgent_;
  std::vector<Worker*> sleeping_;
  size_t threads_ = 0;
  size_t running_ = 0;               // workers inside a turn, or about to be
  size_t woken_ = 0;                 // workers that were woken and have not looked yet
  std::atomic<size_t> spinning_{0};  // idle workers that look at startable_: one at most; written under mutex_
  Spinner spinner_;                  // for the worker that spins
  size_t blocked_ = 0;               // workers inside a BlockingRegion, or that linger
  bool refused_ = false;             // a thread for what Wanted asked: its worker tries later
  bool stopped_ = false;
};

}  // namespace isolet
