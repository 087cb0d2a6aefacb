#include "engine/executor.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "engine/thread.h"

namespace isolet {
namespace {

// Enough for a few hundred guests that all wait for a busy host at once, and far below what a process may have.
constexpr size_t kMaxBlockedThreads = 128;

thread_local bool is_worker = false;

}  // namespace

Executor& Executor::Get() {
  static Executor* executor = new Executor(std::max(1u, std::thread::hardware_concurrency()));
  return *executor;
}

Executor::Executor(size_t width) : width_(width), max_threads_(width + kMaxBlockedThreads) {}

void Executor::Schedule(std::shared_ptr<Runnable> runnable) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopped_) return;
  queue_.push_back(std::move(runnable));
  AddThreadIfNeeded();
  bool wake = waiting_ > 0;
  lock.unlock();
  if (wake) work_.notify_one();
}

void Executor::AddThreadIfNeeded() {
  if (queue_.size() <= waiting_) return;
  if (threads_ - blocked_ >= width_ || threads_ >= max_threads_) return;
  ++threads_;
  // A refusal of the system is not an error while another worker is there to take the queue.
  if (!StartThread("isolet-worker", [this] { WorkerMain(); })) --threads_;
}

void Executor::WorkerMain() {
  is_worker = true;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    // More threads than turns: those that were started while others blocked go home again.
    if (threads_ - blocked_ > width_) {
      // It may have been woken for a turn that it does not take.
      if (!queue_.empty() && waiting_ > 0) work_.notify_one();
      break;
    }
    if (queue_.empty() || stopped_) {
      ++waiting_;
      idle_.notify_all();
      work_.wait(lock, [this] { return !queue_.empty() && !stopped_; });
      --waiting_;
      continue;
    }
    std::shared_ptr<Runnable> runnable = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    runnable->RunTurn();
    runnable.reset();
    lock.lock();
  }
  --threads_;
  idle_.notify_all();
}

Executor::BlockingRegion::BlockingRegion() : on_worker_(is_worker) {
  if (on_worker_) Get().BeginLinger();
}

Executor::BlockingRegion::~BlockingRegion() {
  if (on_worker_) Get().EndLinger();
}

void Executor::BeginLinger() {
  std::lock_guard<std::mutex> lock(mutex_);
  ++blocked_;
  AddThreadIfNeeded();
}

void Executor::EndLinger() {
  std::lock_guard<std::mutex> lock(mutex_);
  --blocked_;
}

bool Executor::OnWorker() { return is_worker; }

void Executor::LoseThread() {
  std::lock_guard<std::mutex> lock(mutex_);
  --threads_;
  AddThreadIfNeeded();
  idle_.notify_all();
}

bool Executor::Stop(int timeout_ms) {
  std::unique_lock<std::mutex> lock(mutex_);
  stopped_ = true;
  return idle_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return waiting_ == threads_; });
}

size_t Executor::thread_count() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return threads_;
}

}  // namespace isolet
