// A host of guests in a cell that notes what it hears, and its thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "calls/host.h"
#include "check.h"
#include "threads/mailbox.h"

namespace isolet::test {

inline value::Message MessageOf(const std::string& text) {
  value::Message message;
  message.bytes = value::Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  return message;
}

inline std::string TextIn(const value::Message& message) {
  return {reinterpret_cast<const char*>(message.bytes.data()), message.bytes.size()};
}

inline std::string TextIn(const Outcome& outcome) {
  const auto* message = std::get_if<value::Message>(&outcome);
  return message == nullptr ? "no message" : TextIn(*message);
}

inline StopReason ReasonIn(const Outcome& outcome) {
  const auto* stop = std::get_if<Stop>(&outcome);
  return stop == nullptr ? StopReason::kNone : stop->reason;
}

// What it hears, by call. Answers host calls by `serve`, on the thread that posts them.
class NotingHost final : public Host {
 public:
  void CallSettled(uint64_t id, Outcome outcome, std::unique_ptr<InFlight> in_flight) override {
    std::lock_guard<std::mutex> lock(mutex_);
    answers_[id].push_back(std::move(outcome));
    if (keeps_unread) unread_.push_back(std::move(in_flight));
  }
  void GuestPromiseSettled(uint64_t id, Outcome outcome, std::unique_ptr<InFlight>) override {
    std::lock_guard<std::mutex> lock(mutex_);
    promises_[id].push_back(std::move(outcome));
  }
  void PostHostCall(HostCall call) override {
    std::unique_lock<std::mutex> lock(mutex_);
    host_calls_.push_back(std::move(call));
    if (!serve) return;
    HostCall last = std::move(host_calls_.back());
    host_calls_.pop_back();
    lock.unlock();
    serve(std::move(last));
  }
  void GuestPromisesFailed(std::vector<uint64_t> ids, Stop stop) override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (uint64_t id : ids) promises_[id].emplace_back(stop);
  }
  void PostCollection(std::shared_ptr<ReplySlot> slot) override {
    ++collections;
    HostReply reply;
    if (slot) slot->Answer(&reply);
  }
  bool CollectHere() override { return false; }
  void ExportReleased(uint64_t id, uint64_t count) override {
    std::lock_guard<std::mutex> lock(mutex_);
    released_[id] += count;
  }
  void PromiseTaken() override { ++taken; }
  void PostEvent(GuestEvent event) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::holds_alternative<Ended>(event)) ++ended;
    if (std::holds_alternative<ConsoleNews>(event)) ++news;
    events_.push_back(std::move(event));
  }
  void IsolateGone() override { ++gone; }
  HostReply CallHere(HostCall) override { return {}; }
  bool OnHostThread() const override { return false; }
  bool HostThreadEnding() override { return false; }

  size_t answers(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    return answers_[id].size();
  }
  bool Answered(uint64_t id) {
    return Eventually([&] { return answers(id) > 0; });
  }
  std::string TextOf(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    return answers_[id].empty() ? "no answer" : TextIn(answers_[id].front());
  }
  StopReason ReasonOf(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    return answers_[id].empty() ? StopReason::kNone : ReasonIn(answers_[id].front());
  }
  double NumberOf(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto* primitive = answers_[id].empty() ? nullptr : std::get_if<value::Primitive>(&answers_[id].front());
    return primitive == nullptr ? -1 : primitive->number;
  }
  bool Valued(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    return !answers_[id].empty() && IsValue(answers_[id].front());
  }
  bool Threw(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    return !answers_[id].empty() && std::holds_alternative<GuestError>(answers_[id].front());
  }
  std::vector<value::Handle> HandlesOf(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    const value::Message* message = answers_[id].empty() ? nullptr : MessageIn(answers_[id].front());
    return message == nullptr ? std::vector<value::Handle>() : message->handles;
  }
  size_t promises(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    return promises_[id].size();
  }
  uint64_t released(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    return released_[id];
  }
  size_t host_calls() {
    std::lock_guard<std::mutex> lock(mutex_);
    return host_calls_.size();
  }
  HostCall TakeHostCall() {
    std::lock_guard<std::mutex> lock(mutex_);
    HostCall call = std::move(host_calls_.front());
    host_calls_.erase(host_calls_.begin());
    return call;
  }
  void ReadAll() {
    std::vector<std::unique_ptr<InFlight>> read;
    std::lock_guard<std::mutex> lock(mutex_);
    read.swap(unread_);
  }

  std::function<void(HostCall)> serve;
  bool keeps_unread = false;
  std::atomic<int> collections{0}, taken{0}, ended{0}, news{0}, gone{0};

 private:
  std::mutex mutex_;
  std::map<uint64_t, std::vector<Outcome>> answers_, promises_;
  std::map<uint64_t, uint64_t> released_;
  std::vector<HostCall> host_calls_;
  std::vector<GuestEvent> events_;
  std::vector<std::unique_ptr<InFlight>> unread_;
};

// The thread of a host that waits, and does meanwhile what `serve` says.
class TestWaiter final : public TurnWaiter {
 public:
  bool Wait(int64_t deadline) override {
    const auto patience = std::chrono::nanoseconds(deadline == Watched::kNever ? INT64_MAX / 4 : deadline - SteadyNow());
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, std::min<std::chrono::nanoseconds>(patience, std::chrono::seconds(30)),
                      [this] { return woken_; });
    return std::exchange(woken_, false);
  }
  void Serve() override {
    std::function<void()> work;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work.swap(work_);
    }
    if (work) work();
  }
  // For the waiting thread to do. Any thread.
  void Offer(std::function<void()> work) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = std::move(work);
    }
    Wake();
  }
  void Wake() override {
    std::lock_guard<std::mutex> lock(mutex_);
    woken_ = true;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  std::function<void()> work_;
  bool woken_ = false;
};

}  // namespace isolet::test
