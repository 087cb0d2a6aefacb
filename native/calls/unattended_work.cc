#include "calls/unattended_work.h"

#include <algorithm>

#include "calls/table.h"

namespace isolet {
namespace {

constexpr int64_t kPause = 3;   // so many times as long as it worked, and it is nobody's business
constexpr int64_t kBursts = 3;  // so many times the limit at once

}  // namespace

void UnattendedWork::NoteRan(const CallLimits& limits) {
  // A call without limits leaves those of the one before it in force.
  if (limits.timeout_ms > 0) timeout_ms_.store(limits.timeout_ms, std::memory_order_relaxed);
  if (limits.cpu_timeout_ms > 0) cpu_timeout_ms_.store(limits.cpu_timeout_ms, std::memory_order_relaxed);
}

CallLimits UnattendedWork::limits() const {
  return {timeout_ms_.load(std::memory_order_relaxed), cpu_timeout_ms_.load(std::memory_order_relaxed)};
}

CallLimits UnattendedWork::Limits(const CallTable& calls, const CallLimits& otherwise) const {
  CallLimits found = calls.WidestLimits();
  const CallLimits last = limits();
  found.timeout_ms = std::max(found.timeout_ms, last.timeout_ms);
  found.cpu_timeout_ms = std::max(found.cpu_timeout_ms, last.cpu_timeout_ms);
  if (found.timeout_ms == 0) found.timeout_ms = otherwise.timeout_ms;
  if (found.cpu_timeout_ms == 0) found.cpu_timeout_ms = otherwise.cpu_timeout_ms;
  return found;
}

bool UnattendedWork::Account(int64_t began, int64_t now, int64_t cpu, int64_t limit) {
  const int64_t pause = std::max<int64_t>(0, began - as_of_);
  used_ = std::max<int64_t>(0, used_ - pause / kPause) + cpu;
  as_of_ = now;
  return used_ <= kBursts * limit;
}

}  // namespace isolet
