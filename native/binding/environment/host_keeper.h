// What the environment's thread keeps of a guest that it runs in place: the turn's things stay until another guest
// is run in place, a task comes for this one, or the thread waits for something else.
//
// Wanted may be called from any thread, the rest on the environment's.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "binding/environment/inbox.h"
#include "threads/keeper.h"
#include "threads/thread.h"

namespace isolet {

class HostKeeper final : public Keeper {
 public:
  explicit HostKeeper(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {}

  // From another thread: the event loop's next turn lets go (QuitIfWanted).
  bool Wanted(Urgency) override {
    if (ThreadNumber() == thread_) return true;
    wanted_.store(true, std::memory_order_relaxed);
    inbox_->Again();
    return false;
  }
  void QuitIfWanted() {
    if (wanted_.exchange(false, std::memory_order_relaxed)) Quit();
  }

 private:
  const std::shared_ptr<Inbox> inbox_;
  const uint64_t thread_ = ThreadNumber();
  std::atomic<bool> wanted_{false};
};

}  // namespace isolet
