#include "threads/watchdog.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "check.h"

namespace isolet::test {
namespace {

constexpr int64_t kMs = 1'000'000;

// Counts when it was due.
class Counter : public Watched {
 public:
  int count() const { return count_.load(); }
  int64_t last() const { return last_.load(); }

 protected:
  int64_t OnDue(int64_t now) override {
    last_.store(now);
    count_.fetch_add(1);
    return kNever;
  }

 private:
  std::atomic<int> count_{0};
  std::atomic<int64_t> last_{0};
};

// Registered for as long as it lives. Not the Counter itself: it must be gone from the watchdog before the first
// destructor of a derived class begins.
template <typename T>
class Registered {
 public:
  Registered() { Watchdog::Get().Register(&watched_); }
  ~Registered() { Watchdog::Get().Unregister(&watched_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

  T* get() { return &watched_; }
  void ArmIn(int64_t ms) { Watchdog::Get().Arm(&watched_, SteadyNow() + ms * kMs); }
  int count() const { return watched_.count(); }
  int64_t last() const { return watched_.last(); }

 private:
  T watched_;
};

using Alarm = Registered<Counter>;

TEST(WhatIsNeverArmedIsNeverDue) {
  Alarm alarm;
  Watchdog::Get().Arm(alarm.get(), Watched::kNever);
  SleepMs(50);
  EXPECT(alarm.count() == 0);
}

TEST(DueOnceAndNotTooEarly) {
  Alarm alarm;
  int64_t due = SteadyNow() + 30 * kMs;
  Watchdog::Get().Arm(alarm.get(), due);
  EXPECT(Eventually([&] { return alarm.count() == 1; }));
  EXPECT(alarm.last() >= due);
  SleepMs(50);
  EXPECT(alarm.count() == 1);
}

TEST(APastTimeIsDueAtOnce) {
  Alarm alarm;
  Watchdog::Get().Arm(alarm.get(), SteadyNow() - kMs);
  EXPECT(Eventually([&] { return alarm.count() == 1; }));
}

TEST(ArmingEarlierWakesASleepingWatchdog) {
  Alarm alarm;
  alarm.ArmIn(60'000);
  SleepMs(20);  // it sleeps for a minute now
  alarm.ArmIn(10);
  EXPECT(Eventually([&] { return alarm.count() == 1; }));
}

TEST(ArmingLaterDoesNotPutOff) {
  Alarm alarm;
  alarm.ArmIn(20);
  alarm.ArmIn(60'000);
  EXPECT(Eventually([&] { return alarm.count() == 1; }));
}

TEST(OnDueSaysWhenToComeBack) {
  class Ticks final : public Counter {
    int64_t OnDue(int64_t now) override {
      Counter::OnDue(now);
      return count() < 5 ? now + 5 * kMs : kNever;
    }
  };
  Registered<Ticks> ticks;
  int64_t start = SteadyNow();
  ticks.ArmIn(0);
  EXPECT(Eventually([&] { return ticks.count() == 5; }));
  EXPECT(ticks.last() - start >= 20 * kMs);
  SleepMs(30);
  EXPECT(ticks.count() == 5);
}

TEST(OneAlarmDoesNotHideAnother) {
  Alarm late, early, middle;
  late.ArmIn(60);
  early.ArmIn(10);
  middle.ArmIn(30);
  EXPECT(Eventually([&] { return late.count() == 1; }));
  EXPECT(early.count() == 1 && middle.count() == 1);
  EXPECT(early.last() <= middle.last() && middle.last() <= late.last());
}

// What it watched is freed right after: an OnDue that still runs is a use after free the sanitizers see.
TEST(UnregisterWaitsForOnDue) {
  class Slow final : public Watched {
   public:
    explicit Slow(std::atomic<int>* stage) : stage_(stage) {}

   private:
    int64_t OnDue(int64_t) override {
      stage_->store(1);
      SleepMs(30);
      stage_->store(2);
      return kNever;
    }
    std::atomic<int>* stage_;
  };
  std::atomic<int> stage{0};
  auto slow = std::make_unique<Slow>(&stage);
  Watchdog::Get().Register(slow.get());
  Watchdog::Get().Arm(slow.get(), SteadyNow());
  EXPECT(Eventually([&] { return stage.load() == 1; }));
  Watchdog::Get().Unregister(slow.get());
  EXPECT(stage.load() == 2);
}

// Freed while it is due or about to be: a late OnDue reads freed memory.
TEST(NothingIsDueAfterUnregister) {
  class Flagged final : public Watched {
   public:
    std::atomic<bool> gone{false};
    std::atomic<bool>* late = nullptr;

   private:
    int64_t OnDue(int64_t) override {
      if (gone.load()) late->store(true);
      return kNever;
    }
  };
  std::atomic<bool> late{false};
  for (int i = 0; i < 300; ++i) {
    auto watched = std::make_unique<Flagged>();
    watched->late = &late;
    Watchdog::Get().Register(watched.get());
    Watchdog::Get().Arm(watched.get(), SteadyNow() + (i % 5) * kMs / 10);
    if (i % 3 == 0) SleepMs(0);
    Watchdog::Get().Unregister(watched.get());
    watched->gone.store(true);
    if (i % 10 == 0) SleepMs(1);
  }
  EXPECT(!late.load());
}

TEST(UnregisterTwiceIsHarmless) {
  Alarm one, other;
  Watchdog::Get().Unregister(one.get());
  Watchdog::Get().Unregister(one.get());
  other.ArmIn(1);
  EXPECT(Eventually([&] { return other.count() == 1; }));
  EXPECT(one.count() == 0);
}

// Arm runs without the mutex most of the time. One that slipped between the watchdog's scan and its sleep would be due
// only when something else wakes it: nothing else is armed here.
TEST(NoArmIsLostBesideTheScan) {
  Alarm alarm;
  for (int i = 0; i < 2'000; ++i) {
    int before = alarm.count();
    Watchdog::Get().Arm(alarm.get(), SteadyNow() + (i % 7) * 10'000);
    int64_t end = SteadyNow() + kPatienceMs * kMs;
    while (alarm.count() == before && SteadyNow() < end) std::this_thread::yield();
    if (alarm.count() == before) {
      EXPECT(alarm.count() > before);
      return;
    }
  }
}

TEST(ManyThreadsRegisterArmAndGo) {
  std::atomic<int> missed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&missed, t] {
      for (int i = 0; i < 60; ++i) {
        Alarm kept, dropped;
        dropped.ArmIn(i % 2);
        kept.ArmIn((i + t) % 4);
        kept.ArmIn(1);
        if (!Eventually([&] { return kept.count() > 0; })) missed.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT(missed.load() == 0);
}

// A look goes over all: one for each that is due would be the square of their number.
TEST(ManyWithDueTimesOfTheirOwnCostWhatTimeAllows) {
  constexpr int kMany = 2000;
  const uint64_t before = Watchdog::Get().looked();
  const int64_t began = SteadyNow();
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (int i = 0; i < kMany; ++i) alarms.push_back(std::make_unique<Alarm>());
  for (int i = 0; i < kMany; ++i) Watchdog::Get().Arm(alarms[i]->get(), began + 50 * kMs + i * kMs / 10);
  auto all_due = [&] { return std::ranges::all_of(alarms, [](const auto& alarm) { return alarm->count() > 0; }); };
  while (!all_due()) SleepMs(5);
  const int64_t elapsed = SteadyNow() - began;
  const uint64_t looked = Watchdog::Get().looked() - before;
  EXPECT(looked <= static_cast<uint64_t>(elapsed / Watchdog::kRestForEach) + 2 * (kMany + 100));
  for (const auto& alarm : alarms) EXPECT(alarm->count() == 1);
}

}  // namespace
}  // namespace isolet::test
