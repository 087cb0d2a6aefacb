#include "web/work_ops.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "calls/current_call.h"
#include "calls/gate.h"
#include "calls/guest_life.h"
#include "calls/parts.h"
#include "calls/stats.h"
#include "calls/table.h"
#include "memory_use/heap_limit.h"
#include "threads/watchdog.h"

namespace isolet {
namespace {

// An hour: what is charged at once is never near that.
constexpr double kMost = 3600.0 * 1000;

void Charge(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  info.GetReturnValue().Set(true);
  if (parts == nullptr || !info[0]->IsNumber()) return;
  const double milliseconds = info[0].As<v8::Number>()->Value();
  if (!(milliseconds > 0)) return;
  const auto nanoseconds = static_cast<int64_t>(std::min(milliseconds, kMost) * 1e6);
  parts->stats().cpu_total.fetch_add(nanoseconds, std::memory_order_relaxed);
  const std::shared_ptr<Call> call = parts->calls().Find(CurrentCallId(isolate->GetCurrentContext()));
  if (!call) return parts->life().ChargeUnattended(nanoseconds);
  if (parts->gate().Charge(*call, nanoseconds)) {
    parts->gate().StopCall(call->id, call->TimedOut(StopReason::kCpuTimeout));
    info.GetReturnValue().Set(false);
    return;
  }
  // The budget ends sooner now than when the watchdog was told.
  const int64_t now = SteadyNow();
  const std::optional<CallLimits> left = parts->gate().Left(now);
  if (!left || left->cpu_timeout_ms == 0) return;
  Watchdog::Get().Arm(&parts->watched(), now + static_cast<int64_t>(left->cpu_timeout_ms * 1e6));
}

void Collect(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (Parts* parts = Parts::Of(info.GetIsolate())) parts->heap_limit().Collect();
}

const WebOp kWorkOps[] = {{"work", "charge", Charge, 1}, {"work", "collect", Collect, 0}};

}  // namespace

std::span<const WebOp> WorkOps() { return kWorkOps; }

}  // namespace isolet
