#include "threads/executor.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "threads/lock_soon.h"
#include "threads/processors.h"
#include "threads/thread.h"
#include "threads/watchdog.h"

namespace isolet {
namespace {

// Enough for a few hundred guests that all wait for a busy host at once, and far below what a process may have.
constexpr size_t kMaxBlockedThreads = 128;

// A worker whose last pause was shorter than kHot may stay awake for kSpin.
constexpr int64_t kHot = 200 * 1000;
constexpr int64_t kSpin = 200 * 1000;

// How soon a thread that the system refused is asked for again.
constexpr int64_t kRetry = 20 * 1000 * 1000;

thread_local bool is_worker = false;

}  // namespace

Executor& Executor::Get() {
  static Executor* executor = new Executor(static_cast<size_t>(std::ceil(AvailableProcessors())));
  return *executor;
}

Executor::Executor(size_t width) : width_(width), max_threads_(width + kMaxBlockedThreads) {
  Watchdog::Get().Register(&retry_);
}

bool Executor::EnsureStarted() {
  std::lock_guard<std::mutex> lock(mutex_);
  return threads_ > 0 || AddThread();
}

void Executor::Schedule(std::shared_ptr<Runnable> runnable, Urgency urgency, Waking waking) {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  if (stopped_) return;
  (urgency == Urgency::kUrgent ? urgent_ : queue_).push_back(std::move(runnable));
  const size_t returning = waking == Waking::kComesBack ? 1 : (waking == Waking::kWatched ? running_ : 0);
  Arrange(&lock, returning);
}

void Executor::Kick() {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  if (!stopped_) Arrange(&lock);
}

size_t Executor::Startable() const {
  if (stopped_) return 0;
  const size_t taken = running_ + urgent_.size();
  const size_t free = places() > taken ? places() - taken : 0;
  return urgent_.size() + std::min(queue_.size(), free);
}

std::shared_ptr<Runnable> Executor::Take() {
  const bool urgent = !urgent_.empty();
  if (stopped_ || (!urgent && (queue_.empty() || running_ >= places()))) return nullptr;
  auto& queue = urgent ? urgent_ : queue_;
  std::shared_ptr<Runnable> runnable = std::move(queue.front());
  queue.pop_front();
  return runnable;
}

void Executor::Arrange(std::unique_lock<std::mutex>* lock, size_t returning) {
  const bool refused = !AddThreadsIfNeeded(returning);
  const size_t startable = Startable();
  startable_.store(startable, std::memory_order_relaxed);
  const bool wake = waiting_ > 0 && startable > spinning_ + returning;
  lock->unlock();
  if (wake) work_.notify_one();
  if (refused) TryLater();
}

bool Executor::AddThreadsIfNeeded(size_t returning) {
  // Whoever is in no turn looks for one before it sleeps.
  while (Startable() > threads_ - running_ + returning) {
    if (urgent_.empty() && threads_ >= max_threads_) return true;
    if (!AddThread()) return false;
  }
  return true;
}

bool Executor::AddThread() {
  ++threads_;
  if (StartThread("isolet-worker", [this] { WorkerMain(); })) return true;
  --threads_;
  return false;
}

void Executor::TryLater() { Watchdog::Get().Arm(&retry_, SteadyNow() + kRetry); }

int64_t Executor::Retry::OnDue(int64_t now) {
  std::lock_guard<std::mutex> lock(executor_.mutex_);
  return executor_.AddThreadsIfNeeded() ? kNever : now + kRetry;
}

void Executor::Spin(std::unique_lock<std::mutex>* lock) {
  if (!spinner_.Pays()) return;
  ++spinning_;
  lock->unlock();
  Spinner::Result result = Spinner::Spin(kSpin, [this] { return startable_.load(std::memory_order_relaxed) > 0; });
  // Whoever scheduled it is about to give the mutex back.
  LockSoon(lock);
  --spinning_;
  spinner_.Learn(result);
}

void Executor::WorkerMain() {
  is_worker = true;
  AskForShortSlices();
  int64_t idle_since = SteadyNow();
  bool hot = false;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    std::shared_ptr<Runnable> runnable = Take();
    if (!runnable) {
      // More threads than places: those that were started while others waited go home again. One stays for the next
      // caller that waits.
      if (threads_ > places() && waiting_ > 0) break;
      if (hot && spinning_ == 0 && width_ > 1 && running_ < width_ && !stopped_) {
        hot = false;
        Spin(&lock);
        continue;
      }
      ++waiting_;
      idle_.notify_all();
      work_.wait(lock, [this] { return Startable() > 0; });
      --waiting_;
      continue;
    }
    ++running_;
    startable_.store(Startable(), std::memory_order_relaxed);
    lock.unlock();
    int64_t now = SteadyNow();
    hot = now - idle_since < kHot;
    runnable->RunTurn();
    runnable.reset();
    idle_since = SteadyNow();
    LockSoon(&lock);
    --running_;
    startable_.store(Startable(), std::memory_order_relaxed);
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
  std::unique_lock<std::mutex> lock(mutex_);
  ++blocked_;
  Arrange(&lock);
}

void Executor::EndLinger() {
  std::lock_guard<std::mutex> lock(mutex_);
  --blocked_;
}

bool Executor::OnWorker() { return is_worker; }

void Executor::LoseThread() {
  std::unique_lock<std::mutex> lock(mutex_);
  --threads_;
  --running_;
  idle_.notify_all();
  Arrange(&lock);
}

bool Executor::Stop(int timeout_ms) {
  std::unique_lock<std::mutex> lock(mutex_);
  stopped_ = true;
  return idle_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return waiting_ == threads_; });
}

bool Executor::idle() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return queue_.empty() && urgent_.empty() && !stopped_ && running_ < width_ + blocked_;
}

size_t Executor::thread_count() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return threads_;
}

}  // namespace isolet
