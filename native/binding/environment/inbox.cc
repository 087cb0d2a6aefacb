#include "binding/environment/inbox.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "binding/environment/environment.h"
#include "threads/lock_soon.h"

namespace isolet {
namespace {

// How often a wait asks whether its thread is still wanted.
constexpr int64_t kProbeInterval = 100 * 1000 * 1000;

// Host calls on top of one another, each of another guest while the host waits for one: beyond it they wait for their
// turn, and the host's stack stays as it is.
constexpr size_t kMostServed = 16;

}  // namespace

bool Inbox::Open(uv_loop_t* loop, void (*deliver)(void* data), void* data) {
  auto* handle = new Handle{{}, deliver, data};
  handle->async.data = handle;
  int error = uv_async_init(loop, &handle->async, [](uv_async_t* async) {
    auto* self = static_cast<Handle*>(async->data);
    if (self->data != nullptr) self->deliver(self->data);
  });
  if (error != 0) {
    delete handle;
    return false;
  }
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle->async));
  std::lock_guard<std::mutex> lock(mutex_);
  handle_ = handle;
  closed_ = false;
  return true;
}

void Inbox::Close() {
  Batch tasks, urgent;
  std::deque<Late> late;
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_) return;
  closed_ = true;
  tasks.swap(tasks_);
  urgent.swap(urgent_);
  late.swap(late_);
  NoteFilled();
  Handle* handle = std::exchange(handle_, nullptr);
  lock.unlock();
  handle->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle->async),
           [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
}

bool Inbox::Post(std::unique_ptr<HostTask> task, bool urgent) {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  if (closed_) return false;
  (urgent ? urgent_ : tasks_).push_back(std::move(task));
  if (urgent) changed_.notify_all();
  NoteFilled();
  if (signalled_ || watched_) return true;
  signalled_ = true;
  // Under the mutex: after Close the handle is gone.
  uv_async_send(&handle_->async);
  return true;
}

void Inbox::NoteFilled() {
  filled_.store(again_ || !urgent_.empty() || !tasks_.empty(), std::memory_order_release);
  urgent_filled_.store(!urgent_.empty(), std::memory_order_relaxed);
}

size_t Inbox::TakeTasks(Batch* tasks) {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  signalled_ = false;
  again_ = false;
  tasks->swap(tasks_);
  ForgetDone();
  NoteFilled();
  return urgent_.size();
}

void Inbox::Again() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  again_ = true;
  NoteFilled();
  if (std::exchange(signalled_, true)) return;
  uv_async_send(&handle_->async);
}

void Inbox::PostLate(Late late) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!closed_) late_.push_back(std::move(late));
}

std::vector<std::unique_ptr<HostTask>> Inbox::TakeLate(int64_t until) {
  std::vector<std::unique_ptr<HostTask>> tasks;
  std::lock_guard<std::mutex> lock(mutex_);
  ForgetDone();
  while (!late_.empty() && late_.front().since < until) {
    tasks.push_back(std::move(late_.front().task));
    late_.pop_front();
  }
  return tasks;
}

void Inbox::ForgetDone() {
  std::erase_if(late_, [](const Late& late) { return *late.done; });
}

Inbox::Batch::iterator Inbox::FindUrgent(uint64_t runtime) {
  if (runtime == 0) return urgent_.begin();
  return std::ranges::find_if(urgent_, [&](const auto& task) { return task->runtime() == runtime; });
}

std::unique_ptr<HostTask> Inbox::TakeUrgent(uint64_t runtime) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = FindUrgent(runtime);
  if (found == urgent_.end()) return nullptr;
  std::unique_ptr<HostTask> task = std::move(*found);
  urgent_.erase(found);
  NoteFilled();
  return task;
}

Spinner::Result Inbox::Await(int64_t nanoseconds) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    watched_ = true;
  }
  Spinner::Result result = Spinner::Spin(nanoseconds, [this] { return filled_.load(std::memory_order_relaxed); });
  std::lock_guard<std::mutex> lock(mutex_);
  watched_ = false;
  if (!Spinner::Came(result) && filled_.load(std::memory_order_relaxed)) return Spinner::Result::kCameWhileAway;
  return result;
}

void Inbox::KeepAlive(bool alive) {
  if (handle_ == nullptr) return;
  auto* handle = reinterpret_cast<uv_handle_t*>(&handle_->async);
  alive ? uv_ref(handle) : uv_unref(handle);
}

Inbox::Waiter::Waiter(HostedRuntime& runtime)
    : environment_(runtime.environment()),
      runtime_(runtime),
      inbox_(environment_.inbox()),
      only_(environment_.serving().size() < kMostServed ? 0 : runtime.serial()) {}

bool Inbox::Waiter::Wait(int64_t deadline) {
  // What this thread keeps may be what it waits for.
  environment_.keeper().Quit();
  std::unique_lock<std::mutex> lock(inbox_.mutex_);
  auto ready = [this] { return woken_ || inbox_.FindUrgent(only_) != inbox_.urgent_.end(); };
  int64_t until = std::min(deadline, SteadyNow() + kProbeInterval);
  bool awake =
      inbox_.changed_.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(until)), ready);
  if (std::exchange(woken_, false)) return false;
  if (awake) return true;
  lock.unlock();
  // Somebody wants the thread back: worker.terminate, or the time of a script of node:vm that calls us is over. The
  // other guests end with their environment, if it does.
  if (environment_.AskedToEnd()) runtime_.Terminate("the thread that waited for the runtime was stopped");
  return false;
}

Keeper* Inbox::Waiter::keeper() { return &environment_.keeper(); }

void Inbox::Waiter::Serve() {
  if (std::unique_ptr<HostTask> task = inbox_.TakeUrgent(only_)) task->Run(environment_);
}

void Inbox::Waiter::Wake() {
  std::lock_guard<std::mutex> lock(inbox_.mutex_);
  woken_ = true;
  inbox_.changed_.notify_all();
}

}  // namespace isolet
