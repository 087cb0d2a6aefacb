// A turn made of a function, and a door that tests hold shut.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "check.h"
#include "threads/executor.h"

namespace isolet::test {

class Work final : public Runnable {
 public:
  explicit Work(std::function<void()> body) : body_(std::move(body)) {}
  void RunTurn() override { body_(); }

 private:
  const std::function<void()> body_;
};

inline void Schedule(std::function<void()> body, Urgency urgency = Urgency::kNormal) {
  Executor::Get().Schedule(std::make_shared<Work>(std::move(body)), urgency);
}

class Door {
 public:
  void Open() {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Takes all places of the executor until it goes.
class Crowd {
 public:
  Crowd() : state_(std::make_shared<State>()) {
    const size_t width = std::max(1u, std::thread::hardware_concurrency());
    for (size_t i = 0; i < width; ++i) {
      Schedule([state = state_] {
        state->inside.fetch_add(1);
        state->door.Pass();
        state->inside.fetch_sub(1);
      });
    }
    complete_ = Eventually([&] { return state_->inside.load() == width; });
  }
  ~Crowd() {
    state_->door.Open();
    Eventually([&] { return state_->inside.load() == 0; });
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  bool complete() const { return complete_; }

 private:
  struct State {
    Door door;
    std::atomic<size_t> inside{0};
  };
  const std::shared_ptr<State> state_;
  bool complete_ = false;
};

}  // namespace isolet::test
