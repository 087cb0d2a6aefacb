// The engine's worker threads: a run queue of things that want one turn on a thread.
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

#include "engine/spinner.h"
#include "engine/watchdog.h"

namespace isolet {

// Something that wants a turn on a worker thread. RunTurn may be called again only after it returned.
class Runnable {
 public:
  virtual ~Runnable() = default;
  virtual void RunTurn() = 0;
};

class Executor {
 public:
  static Executor& Get();

  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Whether there is a worker; starts one if not. False if the system has no thread now: the next call tries again.
  bool EnsureStarted();
  void Schedule(std::shared_ptr<Runnable> runnable);

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
  explicit Executor(size_t width);

  void WorkerMain();
  // A worker that has just run a turn looks for the next one for a moment. Needs and gives back mutex_.
  void Spin(std::unique_lock<std::mutex>* lock);
  // Starts a thread if queued work has nobody to run it. False if the system refuses: the caller asks for another try
  // with TryLater, without mutex_. Needs mutex_.
  bool AddThreadIfNeeded();
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

  std::atomic<size_t> queued_{0};  // size of the queue, for a spinning worker; written under mutex_

  const size_t width_;        // how many turns may run at once
  const size_t max_threads_;  // running plus blocked; beyond it work waits in the queue

  // Guards everything below. Leaf lock: nothing else is locked while it is held.
  mutable std::mutex mutex_;
  std::condition_variable work_;  // for idle workers
  std::condition_variable idle_;  // for Stop
  std::deque<std::shared_ptr<Runnable>> queue_;
  size_t threads_ = 0;
  size_t waiting_ = 0;   // idle workers that sleep
  size_t spinning_ = 0;  // idle workers that look at queued_: one at most
  Spinner spinner_;      // for whoever of them spins
  size_t blocked_ = 0;   // workers inside a BlockingRegion, or that linger
  bool stopped_ = false;
};

}  // namespace isolet
