// The limits of what calls leave behind in a guest, and of calls within calls (guest/guest.h, calls/unattended_work.h).
#include <algorithm>
#include <utility>

#include "guest/guest.h"

namespace isolet {
CallLimits Guest::WithinOuter(CallLimits limits) const {
  std::optional<CallLimits> left = gate_.Left(SteadyNow());
  // The outer call is over already, and its host function goes on.
  if (!left) left = unattended_work_.Limits(calls_, options_.default_limits);
  return Tighter(limits, *left);
}

void Guest::ChargeUnattended(int64_t used) {
  const bool pending = calls_.begun() > 0;
  for (const std::shared_ptr<Call>& call : calls_.Budgeted()) {
    if (!gate_.Charge(*call, used) || !calls_.Take(call->id)) continue;
    stats_.timeouts.fetch_add(1, std::memory_order_relaxed);
    GiveUp(*call, call->TimedOut(StopReason::kCpuTimeout));
  }
  // As long as there are calls, their limits hold.
  if (pending) return;
  CallLimits limits = unattended_work_.Limits(calls_, options_.default_limits);
  double limit = limits.cpu_timeout_ms > 0 ? limits.cpu_timeout_ms : limits.timeout_ms;
  if (limits.timeout_ms > 0) limit = std::min(limit, limits.timeout_ms);
  if (limit == 0 ||
      unattended_work_.Account(entry_state_.clock.wall_began, SteadyNow(), used, static_cast<int64_t>(limit * 1e6)))
    return;
  Terminate("what its calls left behind used too much time");
}

void Guest::UnattendedStopped(uint64_t call_id, Outcome why) {
  promises_.Abandon(call_id);
  timers_.Abandon(call_id);
  async_waits_.Abandon(call_id);
  if (!gate_.stopped_for_good()) rejections_.Send(*this, call_id, std::move(why));
  call_ties_.Settle(*host_);
}

}  // namespace isolet
