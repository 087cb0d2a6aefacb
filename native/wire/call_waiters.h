// Threads of a cell that do nothing but wait: one for each synchronous call, in the stead of the host's thread that
// waits for it. They run no guest, so their stacks are small: calls may be nested as deep as limits allow.
//
// HasRoom, Run: the channel's thread. Lifetime: its threads keep it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace isolet::wire {

class CallWaiters final : public std::enable_shared_from_this<CallWaiters> {
 public:
  CallWaiters() = default;
  CallWaiters(const CallWaiters&) = delete;
  CallWaiters& operator=(const CallWaiters&) = delete;

  // Whether there is a thread for the next Run. False: the system has none now.
  bool HasRoom();
  // After HasRoom.
  void Run(std::function<void()> wait);
  size_t threads() const;

 private:
  static constexpr size_t kStack = size_t{512} << 10;
  static constexpr size_t kMostIdle = 2;

  void Main();

  mutable std::mutex mutex_;  // guards the rest; leaf lock
  std::condition_variable changed_;
  std::deque<std::function<void()>> next_;
  size_t threads_ = 0;
  size_t idle_ = 0;  // those that will have nothing to do when `next_` is empty
};

}  // namespace isolet::wire
