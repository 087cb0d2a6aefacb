#include "engine/foreground_runner.h"

#include <utility>

#include "engine/frame.h"

namespace isolet {
namespace {

class ForegroundTask final : public Task {
 public:
  explicit ForegroundTask(std::unique_ptr<v8::Task> task) : task_(std::move(task)) {}
  // In a frame: cleaning up after a FinalizationRegistry runs the guest's callbacks.
  void Run(const IsolateLock& lock) override {
    RunContinuation(lock, 0, [this] { task_->Run(); });
  }

 private:
  std::unique_ptr<v8::Task> task_;
};

}  // namespace

void ForegroundRunner::Attach(std::weak_ptr<Guest> guest) {
  std::lock_guard<std::mutex> lock(mutex_);
  guest_ = std::move(guest);
}

void ForegroundRunner::Post(std::unique_ptr<v8::Task> task) {
  std::shared_ptr<Guest> guest;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    guest = guest_.lock();
  }
  if (guest) guest->Post(std::make_unique<ForegroundTask>(std::move(task)));
}

}  // namespace isolet
