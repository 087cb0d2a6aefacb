// Where V8 posts the isolate's own foreground work (finalization, compiled WebAssembly, garbage collection steps): it
// becomes a task of the guest's mailbox. V8 may post from any thread, and keep the runner longer than the guest lives.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "calls/guest_life.h"
#include "v8/v8.h"

namespace isolet {

class ForegroundRunner final : public TaskRunnerBase, public std::enable_shared_from_this<ForegroundRunner> {
 public:
  // What came before waits for it: V8 posts some tasks only once, until they have run.
  void Attach(std::weak_ptr<GuestLife> guest);
  void Post(std::unique_ptr<v8::Task> task) override;
  // The oldest task, null if there is none; under the isolate's lock.
  std::unique_ptr<v8::Task> Take();
  // Drops what is queued and everything that comes later. Under the isolate's lock, while the isolate is there: V8's
  // tasks hold handles, and let go of them when they are destroyed.
  void Close();
  // Delays are for work V8 can do without (shrinking an idle heap): it is left out, an idle guest costs nothing. Except
  // what somebody catches.
  void PostLater(std::unique_ptr<v8::Task> task, double delay_seconds) override;

  struct Delayed {
    std::unique_ptr<v8::Task> task;
    double seconds = 0;
  };
  // Keeps what this thread posts with a delay, as long as it lives; the innermost one gets it. Nothing is locked for it
  // but the runner: V8 may hold locks of its own when it posts. `runner` may be null.
  class Catch {
   public:
    explicit Catch(ForegroundRunner* runner);
    ~Catch();
    Catch(const Catch&) = delete;
    Catch& operator=(const Catch&) = delete;
    std::vector<Delayed> Take();

   private:
    ForegroundRunner* const runner_;
    Catch* outer_ = nullptr;
    const std::thread::id thread_ = std::this_thread::get_id();
    std::vector<Delayed> delayed_;  // guarded by the runner's mutex
    friend class ForegroundRunner;
  };

 private:
  std::mutex mutex_;  // guards everything below; leaf lock
  std::weak_ptr<GuestLife> guest_;
  std::deque<std::unique_ptr<v8::Task>> tasks_;
  bool attached_ = false;
  bool closed_ = false;
  Catch* catch_ = nullptr;
};

}  // namespace isolet
