// Where V8 posts the isolate's own foreground work (finalization, compiled WebAssembly, garbage collection steps): it
// becomes a task of the guest's mailbox. V8 may post from any thread, and keep the runner longer than the guest lives.
#pragma once

#include <memory>

#include "engine/guest.h"
#include "engine/v8.h"

namespace isolet {

class ForegroundRunner final : public TaskRunnerBase {
 public:
  void Attach(std::weak_ptr<Guest> guest);
  void Post(std::unique_ptr<v8::Task> task) override;
  // Delays are for work V8 can do without (shrinking an idle heap): it is left out, an idle guest costs nothing.
  void PostLater(std::unique_ptr<v8::Task>, double) override {}

 private:
  std::mutex mutex_;  // guards guest_; before the mailbox's
  std::weak_ptr<Guest> guest_;
};

}  // namespace isolet
