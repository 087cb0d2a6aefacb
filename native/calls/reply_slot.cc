#include "calls/reply_slot.h"

#include <chrono>
#include <utility>

namespace isolet {

bool ReplySlot::Answer(HostReply* reply) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return false;
  answered_ = true;
  reply_ = std::move(*reply);
  changed_.notify_one();
  return true;
}

bool ReplySlot::Offer(Job job) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_ || answered_) return false;
  jobs_.push_back(std::move(job));
  changed_.notify_one();
  return true;
}

void ReplySlot::Interrupt() {
  std::lock_guard<std::mutex> lock(mutex_);
  interrupted_ = true;
  changed_.notify_one();
}

std::variant<HostReply, ReplySlot::Job, ReplySlot::Interrupted> ReplySlot::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return !jobs_.empty() || answered_ || interrupted_; });
  // Work that was offered is done even when the call was stopped: somebody waits for its answer, and the gate
  // refuses what must not run.
  if (!jobs_.empty()) {
    Job job = std::move(jobs_.back());
    jobs_.pop_back();
    return job;
  }
  if (answered_) return std::move(reply_);
  closed_ = true;
  return Interrupted{};
}

std::optional<HostReply> ReplySlot::AwaitAnswer(int64_t nanoseconds) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, std::chrono::nanoseconds(nanoseconds), [this] { return answered_ || interrupted_; });
  closed_ = true;
  if (!answered_) return std::nullopt;
  return std::move(reply_);
}

void ReplySlot::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
}

}  // namespace isolet
