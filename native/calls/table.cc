#include "calls/table.h"

#include <algorithm>
#include <utility>

#include "threads/lock_soon.h"

namespace isolet {
namespace {

// Calls that were taken and are still in the heap: below this it is not tidied.
constexpr size_t kLeastRests = 64;

}  // namespace

CallTable::Answer CallTable::Add(std::shared_ptr<Call> call, const Room& room) {
  const size_t bytes = call->program ? call->program->ByteSize() : 0;
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  if (shut_) return Answer::kShut;
  if (calls_.size() >= room.calls) return Answer::kTooMany;
  if (waiting_bytes_ > 0 && bytes > 0 && waiting_bytes_ + bytes > room.bytes) return Answer::kTooBig;
  if (call->program) {
    ++waiting_;
  } else {
    NoteBegun(*call);
  }
  waiting_bytes_ += bytes;
  Expect(*call);
  uint64_t id = call->id;
  calls_.emplace(id, std::move(call));
  return Answer::kAdded;
}

void CallTable::Expect(const Call& call) {
  if (call.deadline == Watched::kNever) return;
  if (due_.size() > 2 * calls_.size() + kLeastRests) {
    std::erase_if(due_, [this](const Due& due) { return !calls_.contains(due.id); });
    std::make_heap(due_.begin(), due_.end(), std::greater<>());
  }
  due_.push_back({call.deadline, call.id});
  std::push_heap(due_.begin(), due_.end(), std::greater<>());
}

std::unique_ptr<Program> CallTable::Begin(uint64_t id) {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  auto found = calls_.find(id);
  if (found == calls_.end() || !found->second->program) return nullptr;
  NoLongerWaits(*found->second->program);
  NoteBegun(*found->second);
  return std::move(found->second->program);
}

void CallTable::NoLongerWaits(const Program& program) {
  --waiting_;
  waiting_bytes_ -= program.ByteSize();
}

void CallTable::NoteBegun(const Call& call) {
  timeout_.Add(call.limits.timeout_ms);
  cpu_timeout_.Add(call.limits.cpu_timeout_ms);
}

void CallTable::FindLargest() const {
  if (timeout_.known() && cpu_timeout_.known()) return;
  timeout_ = cpu_timeout_ = Largest{};
  for (auto& [id, call] : calls_) {
    if (call->program) continue;
    timeout_.Add(call->limits.timeout_ms);
    cpu_timeout_.Add(call->limits.cpu_timeout_ms);
  }
}

std::shared_ptr<Call> CallTable::Taken(std::shared_ptr<Call> call) {
  if (call->program) {
    NoLongerWaits(*call->program);
  } else {
    timeout_.Remove(call->limits.timeout_ms);
    cpu_timeout_.Remove(call->limits.cpu_timeout_ms);
  }
  call->answered.store(true, std::memory_order_relaxed);
  return call;
}

std::shared_ptr<Call> CallTable::Take(uint64_t id) {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  auto found = calls_.find(id);
  if (found == calls_.end()) return nullptr;
  std::shared_ptr<Call> call = Taken(std::move(found->second));
  calls_.erase(found);
  return call;
}

std::shared_ptr<Call> CallTable::Find(uint64_t id) const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  auto found = calls_.find(id);
  return found == calls_.end() ? nullptr : found->second;
}

bool CallTable::HasBegun(uint64_t id) const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  auto found = calls_.find(id);
  return found != calls_.end() && !found->second->program;
}

std::vector<std::shared_ptr<Call>> CallTable::TakeExpired(int64_t now, const std::function<bool(uint64_t)>& skip,
                                                          int64_t* next) {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  std::vector<std::shared_ptr<Call>> expired;
  std::vector<Due> skipped;
  while (!due_.empty()) {
    const Due due = due_.front();
    auto found = calls_.find(due.id);
    if (found != calls_.end() && due.deadline > now) {
      *next = std::min(*next, due.deadline);
      break;
    }
    std::pop_heap(due_.begin(), due_.end(), std::greater<>());
    due_.pop_back();
    if (found == calls_.end()) continue;
    if (skip(due.id)) {
      skipped.push_back(due);
      continue;
    }
    expired.push_back(Taken(std::move(found->second)));
    calls_.erase(found);
  }
  for (const Due& due : skipped) {
    due_.push_back(due);
    std::push_heap(due_.begin(), due_.end(), std::greater<>());
  }
  return expired;
}

std::vector<std::shared_ptr<Call>> CallTable::TakeStarted(uint64_t except) {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  std::vector<std::shared_ptr<Call>> started;
  for (auto it = calls_.begin(); it != calls_.end();) {
    if (it->first == except || it->second->phase.load(std::memory_order_relaxed) == Phase::kQueued) {
      ++it;
      continue;
    }
    started.push_back(Taken(std::move(it->second)));
    it = calls_.erase(it);
  }
  return started;
}

std::vector<std::shared_ptr<Call>> CallTable::Budgeted() const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  std::vector<std::shared_ptr<Call>> budgeted;
  FindLargest();
  if (cpu_timeout_.value == 0) return budgeted;
  for (auto& [id, call] : calls_) {
    if (!call->program && call->cpu_budget > 0) budgeted.push_back(call);
  }
  return budgeted;
}

std::vector<std::shared_ptr<Call>> CallTable::Shut() {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  shut_ = true;
  std::vector<std::shared_ptr<Call>> all;
  all.reserve(calls_.size());
  for (auto& [id, call] : calls_) all.push_back(Taken(std::move(call)));
  calls_.clear();
  due_.clear();
  return all;
}

size_t CallTable::size() const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  return calls_.size();
}

size_t CallTable::begun() const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  return calls_.size() - waiting_;
}

size_t CallTable::waiting() const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  return waiting_;
}

size_t CallTable::waiting_bytes() const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  return waiting_bytes_;
}

size_t CallTable::bytes() const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  size_t bytes = 0;
  for (const auto& [id, call] : calls_) bytes += call->bytes;
  return bytes;
}

CallLimits CallTable::WidestLimits() const {
  std::unique_lock<std::mutex> lock = LockedSoon(mutex_);
  FindLargest();
  return {timeout_.value, cpu_timeout_.value};
}

}  // namespace isolet
