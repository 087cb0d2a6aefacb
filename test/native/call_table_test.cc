#include <memory>
#include <thread>
#include <vector>

#include "calls/table.h"
#include "check.h"

namespace isolet::test {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

// A program that only counts.
class Sized final : public Program {
 public:
  explicit Sized(size_t bytes) : bytes_(bytes) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock&) override { return {}; }
  size_t ByteSize() const override { return bytes_; }

 private:
  const size_t bytes_;
};

std::shared_ptr<Call> NewCall(uint64_t id, size_t bytes = 10, CallLimits limits = {}, int64_t started = SteadyNow()) {
  return std::make_shared<Call>(id, CallKind::kEvalAsync, limits, std::make_unique<Sized>(bytes), started);
}

bool Nobody(uint64_t) { return false; }

TEST(OnlyOneTakesACall) {
  CallTable table;
  constexpr uint64_t kCalls = 2000;
  for (uint64_t id = 1; id <= kCalls; ++id) EXPECT(table.Add(NewCall(id), {}) == CallTable::Answer::kAdded);
  std::atomic<uint64_t> taken{0};
  auto take = [&] {
    for (uint64_t id = 1; id <= kCalls; ++id) {
      if (table.Take(id) != nullptr) taken.fetch_add(1);
    }
  };
  std::thread other(take);
  take();
  other.join();
  EXPECT(taken == kCalls);
  EXPECT(table.size() == 0);
}

TEST(ACallIsAnsweredFromWhenItIsTaken) {
  CallTable table;
  std::shared_ptr<Call> call = NewCall(1);
  table.Add(call, {});
  EXPECT(!call->answered);
  EXPECT(table.Take(1) == call);
  EXPECT(call->answered);
  EXPECT(table.Take(1) == nullptr);
  EXPECT(table.Find(1) == nullptr);
}

TEST(WhatACallBroughtStaysUntilItBegins) {
  CallTable table;
  table.Add(NewCall(1, 100), {});
  table.Add(NewCall(2, 30), {});
  EXPECT(table.waiting() == 2);
  EXPECT(table.waiting_bytes() == 130);
  EXPECT(table.Begin(1) != nullptr);
  EXPECT(table.Begin(1) == nullptr);
  EXPECT(table.HasBegun(1));
  EXPECT(!table.HasBegun(2));
  EXPECT(table.begun() == 1);
  EXPECT(table.waiting_bytes() == 30);
  // One that never begins leaves with its program.
  std::shared_ptr<Call> never = table.Take(2);
  EXPECT(never->program != nullptr);
  EXPECT(table.waiting() == 0);
  EXPECT(table.waiting_bytes() == 0);
}

TEST(TooManyAndTooBigAreRefusedButOneByItselfIsNot) {
  CallTable table;
  const CallTable::Room room{3, 100};
  EXPECT(table.Add(NewCall(1, 1000), room) == CallTable::Answer::kAdded);
  EXPECT(table.Add(NewCall(2, 1), room) == CallTable::Answer::kTooBig);
  EXPECT(table.Begin(1) != nullptr);
  EXPECT(table.Add(NewCall(2, 60), room) == CallTable::Answer::kAdded);
  EXPECT(table.Add(NewCall(3, 41), room) == CallTable::Answer::kTooBig);
  EXPECT(table.Add(NewCall(3, 40), room) == CallTable::Answer::kAdded);
  EXPECT(table.Add(NewCall(4, 0), room) == CallTable::Answer::kTooMany);
}

TEST(ExpiredCallsAreTakenAndTheNextDeadlineIsKnown) {
  CallTable table;
  table.Add(NewCall(1, 0, {30, 0}, 1000), {});
  table.Add(NewCall(2, 0, {10, 0}, 1000), {});
  table.Add(NewCall(3, 0, {20, 0}, 1000), {});
  table.Add(NewCall(4, 0, {}, 1000), {});
  int64_t next = Watched::kNever;
  EXPECT(table.TakeExpired(1000, Nobody, &next).empty());
  EXPECT(next == 1000 + 10 * kMillisecond);
  next = Watched::kNever;
  auto expired = table.TakeExpired(1000 + 20 * kMillisecond, Nobody, &next);
  EXPECT(expired.size() == 2);
  EXPECT(expired[0]->id == 2);
  EXPECT(expired[1]->id == 3);
  EXPECT(next == 1000 + 30 * kMillisecond);
  // What was taken elsewhere has no deadline any more.
  EXPECT(table.Take(1) != nullptr);
  next = Watched::kNever;
  EXPECT(table.TakeExpired(1000 + 40 * kMillisecond, Nobody, &next).empty());
  EXPECT(next == Watched::kNever);
  EXPECT(table.size() == 1);
}

TEST(AnExpiredCallThatIsSkippedIsFoundAgain) {
  CallTable table;
  table.Add(NewCall(1, 0, {10, 0}, 0), {});
  int64_t next = Watched::kNever;
  const int64_t later = 20 * kMillisecond;
  EXPECT(table
             .TakeExpired(
                 later, [](uint64_t) { return true; }, &next)
             .empty());
  EXPECT(table.size() == 1);
  EXPECT(table.TakeExpired(later, Nobody, &next).size() == 1);
}

TEST(ThousandsOfTakenDeadlinesAreNotKept) {
  CallTable table;
  table.Add(NewCall(1, 0, {10, 0}, 0), {});
  for (uint64_t id = 2; id < 5000; ++id) {
    table.Add(NewCall(id, 0, {1, 0}, 0), {});
    table.Take(id);
  }
  int64_t next = Watched::kNever;
  table.TakeExpired(0, Nobody, &next);
  EXPECT(next <= 10 * kMillisecond);
  EXPECT(table.size() == 1);
}

TEST(StartedCallsAreTakenExceptOne) {
  CallTable table;
  for (uint64_t id = 1; id <= 4; ++id) table.Add(NewCall(id), {});
  for (uint64_t id = 1; id <= 3; ++id) {
    table.Begin(id);
    table.Find(id)->phase.store(Phase::kPending);
  }
  EXPECT(table.TakeStarted(2).size() == 2);
  EXPECT(table.Find(2) != nullptr);
  EXPECT(table.Find(4) != nullptr);
}

TEST(TheWidestLimitsAreThoseOfCallsThatHaveBegun) {
  CallTable table;
  table.Add(NewCall(1, 0, {100, 0}), {});
  table.Add(NewCall(2, 0, {500, 7}), {});
  table.Add(NewCall(3, 0, {500, 0}), {});
  EXPECT(table.WidestLimits().timeout_ms == 0);
  for (uint64_t id = 1; id <= 3; ++id) table.Begin(id);
  EXPECT(table.WidestLimits().timeout_ms == 500);
  EXPECT(table.WidestLimits().cpu_timeout_ms == 7);
  EXPECT(table.Budgeted().size() == 1);
  table.Take(2);
  EXPECT(table.WidestLimits().timeout_ms == 500);
  EXPECT(table.WidestLimits().cpu_timeout_ms == 0);
  EXPECT(table.Budgeted().empty());
  table.Take(3);
  EXPECT(table.WidestLimits().timeout_ms == 100);
}

TEST(NothingComesInAfterItIsShut) {
  CallTable table;
  table.Add(NewCall(1), {});
  table.Add(NewCall(2), {});
  EXPECT(table.Shut().size() == 2);
  EXPECT(table.Add(NewCall(3), {}) == CallTable::Answer::kShut);
  EXPECT(table.Shut().empty());
  EXPECT(table.waiting_bytes() == 0);
}

}  // namespace
}  // namespace isolet::test
