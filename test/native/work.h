// A turn made of a function, and a door that tests hold shut.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "engine/executor.h"

namespace isolet::test {

class Work final : public Runnable {
 public:
  explicit Work(std::function<void()> body) : body_(std::move(body)) {}
  void RunTurn() override { body_(); }

 private:
  const std::function<void()> body_;
};

inline void Schedule(std::function<void()> body) { Executor::Get().Schedule(std::make_shared<Work>(std::move(body))); }

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

}  // namespace isolet::test
