#include "calls/unattended_work.h"

#include "calls/table.h"
#include "check.h"

namespace isolet::test {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

// Works for `busy` and pauses for `idle`, so many times. How often it was allowed.
int Rounds(UnattendedWork* work, int64_t busy, int64_t idle, int64_t limit, int most) {
  int64_t now = 1000 * kMillisecond;
  for (int round = 0; round < most; ++round) {
    const int64_t began = now;
    now += busy;
    if (!work->Account(began, now, busy, limit)) return round;
    now += idle;
  }
  return most;
}

TEST(ThreeTimesTheLimitAtOnceIsTheMost) {
  UnattendedWork work;
  EXPECT(Rounds(&work, 10 * kMillisecond, 0, 10 * kMillisecond, 100) == 3);
}

TEST(AQuarterOfAProcessorIsFineForEver) {
  UnattendedWork work;
  EXPECT(Rounds(&work, 10 * kMillisecond, 30 * kMillisecond, 10 * kMillisecond, 10'000) == 10'000);
}

TEST(MoreThanAQuarterIsNot) {
  UnattendedWork work;
  EXPECT(Rounds(&work, 10 * kMillisecond, 20 * kMillisecond, 10 * kMillisecond, 10'000) < 100);
}

TEST(ALongPauseMakesUpForOneBurstOnly) {
  UnattendedWork work;
  EXPECT(Rounds(&work, 10 * kMillisecond, 0, 10 * kMillisecond, 3) == 3);
  int64_t now = 1'000'000 * kMillisecond;
  int pieces = 0;
  for (; pieces < 100; ++pieces) {
    if (!work.Account(now, now + 10 * kMillisecond, 10 * kMillisecond, 10 * kMillisecond)) break;
    now += 10 * kMillisecond;
  }
  EXPECT(pieces == 3);
}

TEST(TheLastLimitsStayInForceForWorkThatCallsLeave) {
  UnattendedWork work;
  CallTable calls;
  EXPECT(work.Limits(calls, {70, 7}).timeout_ms == 70);
  EXPECT(work.Limits(calls, {70, 7}).cpu_timeout_ms == 7);
  work.NoteRan({100, 0});
  // A call without limits leaves those of the one before it.
  work.NoteRan({});
  EXPECT(work.Limits(calls, {70, 7}).timeout_ms == 100);
  EXPECT(work.Limits(calls, {70, 7}).cpu_timeout_ms == 7);
}

TEST(TheWidestOfTheCallsUnderWayCount) {
  UnattendedWork work;
  CallTable calls;
  work.NoteRan({100, 20});
  calls.Add(std::make_shared<Call>(1, CallKind::kEvalAsync, CallLimits{400, 10}), {});
  EXPECT(work.Limits(calls, {}).timeout_ms == 400);
  EXPECT(work.Limits(calls, {}).cpu_timeout_ms == 20);
  calls.Take(1);
  EXPECT(work.Limits(calls, {}).timeout_ms == 100);
}

}  // namespace
}  // namespace isolet::test
