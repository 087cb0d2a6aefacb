// Thread hops: the price of asking another thread and waiting for its answer.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <thread>

#include "cases.h"

namespace floor_bench {
namespace {

// A flag another thread can wait for with epoll, as an event loop does.
class EpollEvent {
 public:
  EpollEvent() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    epoll_event interest{};
    interest.events = EPOLLIN;
    if (event_ < 0 || epoll_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &interest) != 0) abort();
  }
  ~EpollEvent() {
    close(epoll_);
    close(event_);
  }
  EpollEvent(const EpollEvent&) = delete;
  EpollEvent& operator=(const EpollEvent&) = delete;

  void Set() {
    if (eventfd_write(event_, 1) != 0) abort();
  }
  void Wait() {
    epoll_event ready{};
    while (epoll_wait(epoll_, &ready, 1, -1) != 1) {
    }
    eventfd_t value;
    if (eventfd_read(event_, &value) != 0) abort();
  }

 private:
  int event_;
  int epoll_;
};

class ConditionEvent {
 public:
  void Set() {
    const std::lock_guard<std::mutex> lock(mutex_);
    set_ = true;
    changed_.notify_one();
  }
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return set_; });
    set_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;  // guarded by mutex_
};

// Looks for a while before it sleeps.
class SpinEvent {
 public:
  void Set() {
    if (state_.exchange(kSet) == kAsleep) state_.notify_one();
  }
  void Wait() {
    const double give_up = NowMicros() + kSpinMicros;
    while (state_.load(std::memory_order_acquire) != kSet && NowMicros() < give_up) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    int seen = kClear;
    while (!(seen = kSet, state_.compare_exchange_strong(seen, kClear))) {
      if (seen == kClear && !state_.compare_exchange_strong(seen, kAsleep)) continue;
      state_.wait(kAsleep);
    }
  }

 private:
  static constexpr int kClear = 0, kSet = 1, kAsleep = 2;
  static constexpr double kSpinMicros = 50;
  std::atomic<int> state_{kClear};
};

// `Back` is what the asking thread sleeps on. An event loop sleeps in epoll whatever the other side does.
template <typename There, typename Back>
std::vector<double> PingPong(int batches, int per_batch = 1) {
  There there;
  Back back;
  std::atomic<bool> stop{false};
  std::thread other([&] {
    for (;;) {
      there.Wait();
      if (stop.load()) return;
      back.Set();
    }
  });
  auto samples = TimeBatches(batches, per_batch, [&](int) {
    there.Set();
    back.Wait();
  });
  stop.store(true);
  there.Set();
  other.join();
  return samples;
}

}  // namespace

void Hop(Args args) {
  v8::String::Utf8Value kind(args.GetIsolate(), args[0]);
  const std::string_view name(*kind);
  const int count = IntArg(args, 1);
  std::vector<double> samples;
  if (name == "eventfd") samples = PingPong<EpollEvent, EpollEvent>(count);
  if (name == "condition") samples = PingPong<ConditionEvent, ConditionEvent>(count);
  if (name == "spin") samples = PingPong<SpinEvent, EpollEvent>(count);
  if (name == "spin-both") samples = PingPong<SpinEvent, SpinEvent>(count, args.Length() > 2 ? IntArg(args, 2) : 1);
  args.GetReturnValue().Set(ToArray(args.GetIsolate(), samples));
}

}  // namespace floor_bench
