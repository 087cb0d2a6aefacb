#include "wire/handle_account.h"

#include <algorithm>

namespace isolet::wire {
namespace {

// The guest's functions, where their ids travel in one number with a few bits more.
constexpr uint64_t kMostFunctionId = uint64_t{1} << 51;
// Ids that mean the host itself: of modules, of the web's APIs.
constexpr uint64_t kMostOwnFunction = 1;

bool IsHostFunction(value::HandleKind kind) {
  return kind == value::HandleKind::kHostFunction || kind == value::HandleKind::kHostStream;
}

}  // namespace

void HandleAccount::Sent(const value::Message& message) {
  if (message.handles.empty()) return;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const value::Handle& handle : message.handles) {
    if (!IsHostFunction(handle.kind)) continue;
    if (sent_[handle.id]++ == 0) ++arrived_;
    last_function_ = std::max(last_function_, handle.id);
  }
}

void HandleAccount::SentError(uint64_t host_error) {
  if (host_error == 0) return;
  std::lock_guard<std::mutex> lock(mutex_);
  last_error_ = std::max(last_error_, host_error);
}

void HandleAccount::LetGo(value::HandleKind kind, uint64_t id, uint64_t count) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (kind == value::HandleKind::kGuestPromise) {
    if (promises_.erase(id) != 0) ++unwanted_;
    return;
  }
  auto found = held_.find(id);
  if (found == held_.end()) return;
  if (found->second <= count) {
    held_.erase(found);
  } else {
    found->second -= count;
  }
}

bool HandleAccount::Arrived(const value::Message& message) {
  if (message.handles.empty()) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  return std::ranges::all_of(message.handles, [this](const value::Handle& handle) { return ArrivedOne(handle); });
}

bool HandleAccount::Arrived(const Outcome& outcome) {
  if (const auto* error = std::get_if<GuestError>(&outcome); error != nullptr && error->host_error != 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (error->host_error > last_error_) return false;
  }
  const value::Message* message = MessageIn(outcome);
  return message == nullptr || Arrived(*message);
}

bool HandleAccount::ArrivedOne(const value::Handle& handle) {
  switch (handle.kind) {
    case value::HandleKind::kGuestFunction:
    case value::HandleKind::kGuestStream:
      if (handle.id == 0 || handle.id >= kMostFunctionId) return false;
      ++held_[handle.id];
      break;
    case value::HandleKind::kGuestPromise:
      if (handle.id == 0 || !promises_.insert(handle.id).second) return false;
      break;
    case value::HandleKind::kHostFunction:
    case value::HandleKind::kHostStream:
      return handle.id <= last_function_;
    case value::HandleKind::kHostError:
      return handle.id <= last_error_;
    default:
      return false;
  }
  return most_ == 0 || held_.size() + promises_.size() <= most_;
}

bool HandleAccount::Released(uint64_t function_id, uint64_t count) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = sent_.find(function_id);
  if (found == sent_.end() || count == 0 || count > found->second) return false;
  found->second -= count;
  if (found->second == 0) sent_.erase(found);
  return true;
}

bool HandleAccount::Settled(uint64_t promise_id, bool* known) {
  std::lock_guard<std::mutex> lock(mutex_);
  const bool held = promises_.erase(promise_id) != 0;
  *known = held || unwanted_ > 0;
  if (!held && unwanted_ > 0) --unwanted_;
  return held;
}

bool HandleAccount::MayCall(uint64_t function_id) const {
  if (function_id <= kMostOwnFunction) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  return function_id <= last_function_;
}

size_t HandleAccount::arrived() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return arrived_;
}

void HandleAccount::LookAnew() {
  std::lock_guard<std::mutex> lock(mutex_);
  arrived_ = 0;
}

size_t HandleAccount::held() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return held_.size() + promises_.size();
}

}  // namespace isolet::wire
