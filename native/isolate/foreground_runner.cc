#include "isolate/foreground_runner.h"

#include <utility>

namespace isolet {

void ForegroundRunner::Attach(std::weak_ptr<GuestLife> guest) {
  std::shared_ptr<GuestLife> attached = guest.lock();
  size_t waiting = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    guest_ = std::move(guest);
    attached_ = true;
    waiting = tasks_.size();
  }
  if (!attached) return;
  for (; waiting > 0; --waiting) attached->PostForegroundTask();
}

void ForegroundRunner::Post(std::unique_ptr<v8::Task> task) {
  std::shared_ptr<GuestLife> guest;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return;
    guest = guest_.lock();
    if (!guest && attached_) return;
    tasks_.push_back(std::move(task));
  }
  if (guest) guest->PostForegroundTask();
}

std::unique_ptr<v8::Task> ForegroundRunner::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (tasks_.empty()) return nullptr;
  std::unique_ptr<v8::Task> task = std::move(tasks_.front());
  tasks_.pop_front();
  return task;
}

void ForegroundRunner::PostLater(std::unique_ptr<v8::Task> task, double delay_seconds) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_ || catch_ == nullptr || catch_->thread_ != std::this_thread::get_id()) return;
  catch_->delayed_.push_back({std::move(task), delay_seconds});
}

ForegroundRunner::Catch::Catch(ForegroundRunner* runner) : runner_(runner) {
  if (runner_ == nullptr) return;
  std::lock_guard<std::mutex> lock(runner_->mutex_);
  outer_ = std::exchange(runner_->catch_, this);
}

ForegroundRunner::Catch::~Catch() {
  if (runner_ == nullptr) return;
  std::lock_guard<std::mutex> lock(runner_->mutex_);
  runner_->catch_ = outer_;
}

std::vector<ForegroundRunner::Delayed> ForegroundRunner::Catch::Take() {
  if (runner_ == nullptr) return {};
  std::lock_guard<std::mutex> lock(runner_->mutex_);
  return std::exchange(delayed_, {});
}

void ForegroundRunner::Close() {
  std::deque<std::unique_ptr<v8::Task>> dropped;  // destroyed after the mutex: V8 may post meanwhile
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  dropped.swap(tasks_);
}

}  // namespace isolet
