// What the engine's threads have for one Node environment: a queue that its event loop empties in batches, one wake-up
// per batch. Answers of calls that were stopped do not wait for the end of a long queue.
//
// Post and Close may be called from any thread; the rest on the environment's thread. The inbox outlives the
// environment (guests hold it); after Close it takes nothing in.
#pragma once

#include <uv.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "threads/mailbox.h"
#include "threads/spinner.h"

namespace isolet {

class Environment;
class HostedRuntime;

class HostTask {
 public:
  virtual ~HostTask() = default;
  virtual void Run(Environment& environment) = 0;
  // Serial number of the runtime it comes from, 0 = none.
  virtual uint64_t runtime() const { return 0; }
  // What it makes of JavaScript is little, and is told with that of others.
  virtual bool small() const { return false; }
};

class Inbox {
 public:
  using Batch = std::deque<std::unique_ptr<HostTask>>;

  Inbox() = default;
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Starts to deliver: `deliver(data)` is called on the loop's thread whenever something is there.
  bool Open(uv_loop_t* loop, void (*deliver)(void* data), void* data);
  // Environment thread. What is queued is dropped.
  void Close();

  // `urgent`: a guest thread waits for it; a synchronous call that waits meanwhile runs it. False if closed.
  bool Post(std::unique_ptr<HostTask> task, bool urgent);
  // What came up to now: the tasks, and how many urgent ones there are to take. Those stay here until their turn comes,
  // so that a synchronous call in one of them finds the others.
  size_t TakeTasks(Batch* tasks);
  // The next urgent one, of that runtime if it is not 0; null if there is none.
  std::unique_ptr<HostTask> TakeUrgent(uint64_t runtime = 0);
  // Deliver once more, although nothing came: there is a rest.
  void Again();

  // An answer that is in the queue as well, and is not needed here once it is `done` there (environment thread).
  struct Late {
    int64_t since;  // steady nanoseconds
    std::shared_ptr<bool> done;
    std::unique_ptr<HostTask> task;
  };
  void PostLate(Late late);
  // Those that have been waiting since before `until`.
  std::vector<std::unique_ptr<HostTask>> TakeLate(int64_t until);
  // Sees at least what was posted before an answer that this thread has.
  bool empty() const { return !filled_.load(std::memory_order_acquire); }
  // Spins until something is there, at most so many nanoseconds: what comes meanwhile needs no wake-up.
  Spinner::Result Await(int64_t nanoseconds);

  // Whether the event loop stays alive for us.
  void KeepAlive(bool alive);

  // A synchronous call of the environment's thread that waits for a runtime's guest, and serves urgent tasks while it
  // does. What is served may wait and serve in turn: on top of many such, only what that guest needs to go on.
  class Waiter final : public TurnWaiter {
   public:
    explicit Waiter(HostedRuntime& runtime);
    bool Wait(int64_t deadline) override;
    void Serve() override;
    void Wake() override;
    Keeper* keeper() override;
    bool Ready() const override { return inbox_.urgent_filled_.load(std::memory_order_relaxed); }

   private:
    Environment& environment_;
    HostedRuntime& runtime_;
    Inbox& inbox_;
    const uint64_t only_;  // serves nobody but this runtime, 0 = any
    bool woken_ = false;   // guarded by the inbox's mutex
  };

 private:
  struct Handle {
    uv_async_t async;
    void (*deliver)(void* data);
    void* data;
  };

  // For threads that look without the mutex: whether there is anything, and anything urgent. Written under it.
  std::atomic<bool> filled_{false};
  std::atomic<bool> urgent_filled_{false};

  // After a change of the queues. Needs mutex_.
  void NoteFilled();
  void ForgetDone();
  // The first urgent one of that runtime, or of any if it is 0.
  Batch::iterator FindUrgent(uint64_t runtime);

  // Guards everything below. Lock order: after every lock of the engine; nothing is locked while it is held.
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch tasks_;
  Batch urgent_;
  std::deque<Late> late_;
  bool signalled_ = false;
  bool again_ = false;
  bool watched_ = false;  // by Await: nobody has to be woken
  bool closed_ = true;
  Handle* handle_ = nullptr;  // freed by libuv's close callback
};

}  // namespace isolet
