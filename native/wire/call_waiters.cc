#include "wire/call_waiters.h"

#include <utility>

#include "threads/thread.h"

namespace isolet::wire {

bool CallWaiters::HasRoom() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (idle_ > 0) return true;
    ++threads_;
    ++idle_;
  }
  if (StartThread(
          "isolet-waiter", [self = shared_from_this()] { self->Main(); }, kStack))
    return true;
  std::lock_guard<std::mutex> lock(mutex_);
  --threads_;
  --idle_;
  return false;
}

void CallWaiters::Run(std::function<void()> wait) {
  std::lock_guard<std::mutex> lock(mutex_);
  next_.push_back(std::move(wait));
  --idle_;
  changed_.notify_one();
}

size_t CallWaiters::threads() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return threads_;
}

void CallWaiters::Main() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !next_.empty(); });
    const std::function<void()> wait = std::move(next_.front());
    next_.pop_front();
    lock.unlock();
    wait();
    lock.lock();
    if (idle_ >= kMostIdle) break;
    ++idle_;
  }
  --threads_;
}

}  // namespace isolet::wire
