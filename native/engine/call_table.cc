#include "engine/call_table.h"

#include <algorithm>
#include <utility>

namespace isolet {

bool CallTable::Add(std::shared_ptr<Call> call) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (shut_) return false;
  uint64_t id = call->id;
  calls_.emplace(id, std::move(call));
  return true;
}

std::shared_ptr<Call> CallTable::Take(uint64_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = calls_.find(id);
  if (found == calls_.end()) return nullptr;
  std::shared_ptr<Call> call = std::move(found->second);
  calls_.erase(found);
  return call;
}

std::shared_ptr<Call> CallTable::Find(uint64_t id) const {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = calls_.find(id);
  return found == calls_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Call>> CallTable::TakeExpired(int64_t now, const std::function<bool(uint64_t)>& skip,
                                                          int64_t* next) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<Call>> expired;
  for (auto it = calls_.begin(); it != calls_.end();) {
    if (it->second->deadline > now) {
      *next = std::min(*next, it->second->deadline);
      ++it;
      continue;
    }
    if (skip(it->first)) {
      ++it;
      continue;
    }
    expired.push_back(std::move(it->second));
    it = calls_.erase(it);
  }
  return expired;
}

std::vector<std::shared_ptr<Call>> CallTable::TakeStarted(uint64_t except) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<Call>> started;
  for (auto it = calls_.begin(); it != calls_.end();) {
    if (it->first == except || it->second->phase.load(std::memory_order_relaxed) == Phase::kQueued) {
      ++it;
      continue;
    }
    started.push_back(std::move(it->second));
    it = calls_.erase(it);
  }
  return started;
}

std::vector<std::shared_ptr<Call>> CallTable::Started() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<Call>> started;
  for (auto& [id, call] : calls_) {
    if (call->phase.load(std::memory_order_relaxed) != Phase::kQueued) started.push_back(call);
  }
  return started;
}

std::vector<std::shared_ptr<Call>> CallTable::Shut() {
  std::lock_guard<std::mutex> lock(mutex_);
  shut_ = true;
  std::vector<std::shared_ptr<Call>> all;
  all.reserve(calls_.size());
  for (auto& [id, call] : calls_) all.push_back(std::move(call));
  calls_.clear();
  return all;
}

size_t CallTable::size() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return calls_.size();
}

CallLimits CallTable::WidestLimits() const {
  std::lock_guard<std::mutex> lock(mutex_);
  CallLimits widest;
  for (auto& [id, call] : calls_) {
    if (call->phase.load(std::memory_order_relaxed) == Phase::kQueued) continue;
    widest.timeout_ms = std::max(widest.timeout_ms, call->limits.timeout_ms);
    widest.cpu_timeout_ms = std::max(widest.cpu_timeout_ms, call->limits.cpu_timeout_ms);
  }
  return widest;
}

}  // namespace isolet
