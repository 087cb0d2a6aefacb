#include "calls/gate.h"

#include <memory>
#include <optional>

#include "check.h"
#include "stand_in_v8.h"

namespace isolet::test {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

Stop Timeout() { return Stop{StopReason::kWallTimeout, 10, 0, Phase::kSync, ""}; }
Stop Closed() { return Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""}; }

struct Fixture {
  Fixture() {
    Asked().terminations = Asked().cancellations = Asked().interrupts = 0;
    gate.Attach(StandInIsolate());
  }
  Gate gate;
};

#define CALL(name, id, ...) Call name(id, CallKind::kEval, CallLimits{__VA_ARGS__}, nullptr, 0)

TEST(V8IsNotAskedToStopWhenNobodyIsInside) {
  Fixture f;
  EXPECT(!f.gate.StopCall(1, Timeout()));
  EXPECT(f.gate.StopForGood(Closed()));
  EXPECT(Asked().terminations == 0);
  EXPECT(!f.gate.RequestInterrupt(nullptr, nullptr));
  EXPECT(Asked().interrupts == 0);
}

TEST(NoFrameEntersAfterAFinalStopAndTheFirstReasonWins) {
  Fixture f;
  EXPECT(f.gate.StopForGood(Closed()));
  EXPECT(!f.gate.StopForGood(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "late"}));
  CALL(call, 1);
  GateFrame frame(&call);
  std::optional<Stop> refused = f.gate.Enter(&frame);
  EXPECT(refused && refused->reason == StopReason::kClosed);
  EXPECT(!f.gate.occupied());
}

TEST(AStopHitsItsFrameAndNothingLater) {
  Fixture f;
  CALL(call, 1);
  GateFrame frame(&call);
  EXPECT(!f.gate.Enter(&frame));
  EXPECT(f.gate.StopCall(1, Timeout()));
  EXPECT(Asked().terminations == 1);
  EXPECT(f.gate.stopping());
  std::optional<Stop> why = f.gate.Leave(&frame);
  EXPECT(why && why->reason == StopReason::kWallTimeout);
  // The frame that was the target withdraws the request.
  EXPECT(Asked().cancellations == 1);
  CALL(next, 2);
  GateFrame later(&next);
  EXPECT(!f.gate.Enter(&later));
  EXPECT(!f.gate.stopping());
  EXPECT(!f.gate.Leave(&later));
  EXPECT(Asked().terminations == 1);
}

TEST(FramesAboveTheTargetPassTheStopOn) {
  Fixture f;
  CALL(outer_call, 1);
  CALL(inner_call, 2);
  GateFrame outer(&outer_call), inner(&inner_call);
  f.gate.Enter(&outer);
  f.gate.Enter(&inner);
  EXPECT(f.gate.OnStack(1) && f.gate.OnStack(2));
  EXPECT(f.gate.StopCall(1, Timeout()));
  EXPECT(f.gate.Leave(&inner).has_value());
  EXPECT(Asked().cancellations == 0);
  EXPECT(f.gate.stopping());
  EXPECT(f.gate.Leave(&outer).has_value());
  EXPECT(Asked().cancellations == 1);
  EXPECT(!f.gate.occupied());
}

TEST(AnInnerStopLeavesTheOuterCallAlone) {
  Fixture f;
  CALL(outer_call, 1);
  CALL(inner_call, 2);
  GateFrame outer(&outer_call), inner(&inner_call);
  f.gate.Enter(&outer);
  f.gate.Enter(&inner);
  f.gate.StopCall(2, Timeout());
  EXPECT(f.gate.Leave(&inner).has_value());
  EXPECT(Asked().cancellations == 1);
  EXPECT(!f.gate.stopping());
  EXPECT(!f.gate.Leave(&outer));
}

TEST(TheFirstStopOfACallStands) {
  Fixture f;
  CALL(call, 1);
  GateFrame frame(&call);
  f.gate.Enter(&frame);
  f.gate.StopCall(1, Timeout());
  f.gate.StopCall(1, Stop{StopReason::kAborted, 0, 0, Phase::kSync, ""});
  std::optional<Stop> why = f.gate.Leave(&frame);
  EXPECT(why && why->reason == StopReason::kWallTimeout);
}

TEST(TheOutermostExpiredCallIsStopped) {
  Fixture f;
  CALL(outer_call, 1, 10, 0);
  CALL(inner_call, 2, 20, 0);
  GateFrame outer(&outer_call), inner(&inner_call);
  f.gate.Enter(&outer);
  f.gate.Enter(&inner);
  std::optional<Gate::Expired> expired;
  EXPECT(f.gate.CheckDeadlines(0, &expired) == 10 * kMillisecond);
  EXPECT(Asked().terminations == 0);
  f.gate.CheckDeadlines(30 * kMillisecond, &expired);
  // It was not stopped before: it still has the chance to unwind.
  EXPECT(!expired);
  EXPECT(outer.stopped && !inner.stopped);
  // V8 may have forgotten the request: it is asked again, and who is late is said.
  const int before = Asked().terminations;
  f.gate.CheckDeadlines(60 * kMillisecond, &expired);
  EXPECT(Asked().terminations > before);
  EXPECT(expired && expired->call_id == 1 && expired->stop.reason == StopReason::kWallTimeout);
  f.gate.Leave(&inner);
  f.gate.Leave(&outer);
}

TEST(WhatIsLeftIsTheLeastOfAllCallsOnTheStack) {
  Fixture f;
  CALL(outer_call, 1, 50, 0);
  CALL(inner_call, 2, 0, 30);
  GateFrame outer(&outer_call), inner(&inner_call);
  EXPECT(!f.gate.Left(0));
  f.gate.Enter(&outer);
  f.gate.Enter(&inner);
  std::optional<CallLimits> left = f.gate.Left(20 * kMillisecond);
  EXPECT(left && left->timeout_ms == 30);
  EXPECT(left && left->cpu_timeout_ms > 0 && left->cpu_timeout_ms <= 30);
  // Never 0, which would be none.
  left = f.gate.Left(90 * kMillisecond);
  EXPECT(left && left->timeout_ms > 0 && left->timeout_ms < 1);
  f.gate.Leave(&inner);
  f.gate.Leave(&outer);
}

class Told final : public Interruptible {
 public:
  void Interrupt() override { ++times; }
  int times = 0;
};

TEST(AStopEndsTheWaitForTheHost) {
  Fixture f;
  CALL(call, 1);
  GateFrame frame(&call);
  Told told;
  f.gate.Enter(&frame);
  EXPECT(f.gate.SetWaiting(&told));
  EXPECT(call.phase == Phase::kHost);
  f.gate.StopCall(1, Timeout());
  EXPECT(told.times == 1);
  EXPECT(!f.gate.SetWaiting(nullptr));
  EXPECT(call.phase == Phase::kSync);
  // Who is being stopped need not start to wait.
  EXPECT(!f.gate.SetWaiting(&told));
  f.gate.SetWaiting(nullptr);
  f.gate.Leave(&frame);
}

TEST(AnEntryIsLostOnlyWhileItLasts) {
  Fixture f;
  CALL(call, 1);
  GateFrame frame(&call);
  f.gate.Enter(&frame);
  Gate::Entry other;
  other.number = 77;
  EXPECT(!f.gate.Lose(&other));
  EXPECT(!f.gate.lost());
  f.gate.StopForGood(Closed());
  EXPECT(f.gate.Lose(nullptr));
  EXPECT(f.gate.lost());
  // It comes back after all: nothing of V8 is touched.
  const int before = Asked().cancellations;
  EXPECT(f.gate.Leave(&frame).has_value());
  EXPECT(Asked().cancellations == before);
}

TEST(ProcessorTimeOutsideItsFramesCountsForACall) {
  Fixture f;
  CALL(call, 1, 0, 10);
  EXPECT(!f.gate.Charge(call, 6 * kMillisecond));
  EXPECT(f.gate.Charge(call, 6 * kMillisecond));
  CALL(free, 2);
  EXPECT(!f.gate.Charge(free, 1000 * kMillisecond));
}

}  // namespace
}  // namespace isolet::test
