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

}  // namespace

thread_local Executor::Worker* Executor::here_ = nullptr;

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

bool Executor::Provide(size_t returning) {
  const bool provided = AddThreadsIfNeeded(returning);
  const size_t startable = Startable();
  startable_.store(startable, std::memory_order_relaxed);
  Worker* woken = startable > spinning_ + woken_ + returning ? Sleeper() : nullptr;
  if (woken != nullptr) {
    Rouse(*woken);
    // Under the mutex: the worker may end as soon as it is awake.
    woken->wake.notify_one();
  }
  return provided;
}

void Executor::Arrange(std::unique_lock<std::mutex>* lock, size_t returning) {
  const bool refused = !Provide(returning);
  lock->unlock();
  if (refused) TryLater();
}

Executor::Worker* Executor::Sleeper() {
  if (sleeping_.empty()) return nullptr;
  for (auto it = sleeping_.rbegin(); it != sleeping_.rend(); ++it) {
    if (!(*it)->keeps) return *it;
  }
  return sleeping_.back();
}

void Executor::Rouse(Worker& worker) {
  std::erase(sleeping_, &worker);
  worker.state = Worker::State::kWoken;
  ++woken_;
}

bool Executor::Worker::Wanted(Urgency urgency) {
  std::unique_lock<std::mutex> lock = LockedSoon(executor_.mutex_);
  wanted = true;
  // Running, it looks before it does anything else.
  if (state == State::kRuns || reserved) return false;
  if (state == State::kSpins) executor_.called_.store(true, std::memory_order_relaxed);
  if (state == State::kSleeps) {
    executor_.Rouse(*this);
    wake.notify_one();
  }
  if (urgency == Urgency::kNormal && executor_.running_ >= executor_.places()) return false;
  reserved = true;
  ++executor_.running_;
  // It is not there for the queues any more: whoever counted on it needs another. If the system refuses one, asking
  // again has to wait until the mailbox's lock is free.
  if (state == State::kSpins) --executor_.spinning_;
  if (state == State::kWoken) --executor_.woken_;
  if (!executor_.Provide(0)) executor_.refused_ = true;
  return false;
}

Keeper* Executor::KeeperHere(bool more) {
  if (here_ == nullptr) return nullptr;
  const Executor& executor = Get();
  if (executor.startable_.load(std::memory_order_relaxed) > 0) return nullptr;
  if (!more && executor.spinning_.load(std::memory_order_relaxed) > 0) return nullptr;
  return here_;
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

void Executor::Spin(Worker& worker, std::unique_lock<std::mutex>* lock) {
  if (!spinner_.Pays()) return;
  worker.state = Worker::State::kSpins;
  ++spinning_;
  lock->unlock();
  Spinner::Result result = Spinner::Spin(kSpin, [this] {
    return startable_.load(std::memory_order_relaxed) > 0 || called_.load(std::memory_order_relaxed);
  });
  // Whoever scheduled it is about to give the mutex back.
  LockSoon(lock);
  if (!worker.reserved) --spinning_;
  called_.store(false, std::memory_order_relaxed);
  worker.state = Worker::State::kRuns;
  spinner_.Learn(result);
}

void Executor::Sleep(Worker& worker, std::unique_lock<std::mutex>* lock) {
  worker.state = Worker::State::kSleeps;
  worker.keeps = worker.kept() != nullptr;
  sleeping_.push_back(&worker);
  idle_.notify_all();
  worker.wake.wait(*lock, [&] { return worker.state == Worker::State::kWoken; });
  if (!worker.reserved) --woken_;
  worker.state = Worker::State::kRuns;
}

std::shared_ptr<Runnable> Executor::Next(Worker& worker, bool* own) {
  // It may have let go since.
  const bool wanted = std::exchange(worker.wanted, false) && worker.kept();
  *own = std::exchange(worker.reserved, false);
  // Wanted while it was busy: as good as in the queue, and nobody is in that.
  if (wanted && !*own && !stopped_ && queue_.empty() && urgent_.empty() && running_ < places()) {
    ++running_;
    *own = true;
  }
  if (*own) return worker.kept();
  std::shared_ptr<Runnable> runnable = Take();
  if (runnable) ++running_;
  return runnable;
}

void Executor::WorkerMain() {
  Worker worker(*this);
  here_ = &worker;
  AskForShortSlices();
  int64_t idle_since = SteadyNow();
  bool hot = false;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    const bool wanted = worker.wanted;
    bool own = false;
    std::shared_ptr<Runnable> runnable = Next(worker, &own);
    // More threads than places: those that were started while others waited go home again. One stays for the next
    // caller that waits.
    const bool ends = !runnable && threads_ > places() && !sleeping_.empty();
    if (worker.kept() && !runnable && (wanted || ends || stopped_)) {
      lock.unlock();
      worker.Quit();
      LockSoon(&lock);
      continue;
    }
    if (ends) break;
    if (!runnable) {
      if (hot && spinning_ == 0 && width_ > 1 && running_ < width_ && !stopped_) {
        hot = false;
        Spin(worker, &lock);
      } else {
        Sleep(worker, &lock);
      }
      continue;
    }
    startable_.store(Startable(), std::memory_order_relaxed);
    const bool refused = std::exchange(refused_, false);
    lock.unlock();
    if (refused) TryLater();
    int64_t now = SteadyNow();
    hot = now - idle_since < kHot;
    worker.Begin(*runnable);
    own ? runnable->GoOn(worker) : runnable->RunTurn();
    worker.End();
    runnable.reset();
    idle_since = SteadyNow();
    LockSoon(&lock);
    --running_;
    startable_.store(Startable(), std::memory_order_relaxed);
  }
  --threads_;
  idle_.notify_all();
}

Executor::BlockingRegion::BlockingRegion() : on_worker_(OnWorker()) {
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

bool Executor::OnWorker() { return here_ != nullptr; }

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
  return idle_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return sleeping_.size() == threads_; });
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
