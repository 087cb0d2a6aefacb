// Where V8 posts the isolate's own foreground work (finalization, compiled WebAssembly, garbage collection steps): it
// becomes a task of the guest's mailbox. V8 may post from any thread, and keep the runner longer than the guest lives.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "engine/guest.h"
#include "engine/v8.h"

namespace isolet {

class ForegroundRunner final : public TaskRunnerBase, public std::enable_shared_from_this<ForegroundRunner> {
 public:
  void Attach(std::weak_ptr<Guest> guest);
  void Post(std::unique_ptr<v8::Task> task) override;
  // The oldest task, null if there is none; under the isolate's lock.
  std::unique_ptr<v8::Task> Take();
  // Drops what is queued and everything that comes later. Under the isolate's lock, while the isolate is there: V8's
  // tasks hold handles, and let go of them when they are destroyed.
  void Close();
  // Delays are for work V8 can do without (shrinking an idle heap): it is left out, an idle guest costs nothing.
  void PostLater(std::unique_ptr<v8::Task>, double) override {}

 private:
  std::mutex mutex_;  // guards everything below; leaf lock
  std::weak_ptr<Guest> guest_;
  std::deque<std::unique_ptr<v8::Task>> tasks_;
  bool closed_ = false;
};

}  // namespace isolet
