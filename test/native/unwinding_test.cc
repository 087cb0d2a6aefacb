#include "progress/unwinding.h"

#include <atomic>
#include <functional>

#include "check.h"
#include "progress/bystanders.h"
#include "progress/machine_pace.h"
#include "threads/thread.h"
#include "work.h"

namespace isolet::test {
namespace {

#if defined(__linux__)
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kOften = kSecond / 50;

// A thread that does `body` until the end.
class Other {
 public:
  explicit Other(std::function<void()> body, const char* name = "other") {
    EXPECT(StartThread(name, [this, body] {
      id = CurrentThreadId();
      number = CurrentSystemThread();
      ready_.store(true);
      body();
      ended_.store(true);
    }));
    EXPECT(Eventually([this] { return ready_.load(); }));
  }
  bool ended() const { return ended_.load(); }

  ThreadId id{};
  SystemThread number = 0;

 private:
  std::atomic<bool> ready_{false};
  std::atomic<bool> ended_{false};
};

bool Asleep(const Other& other) {
  std::optional<ThreadLook> look = LookAtThread(other.number);
  return look && look->asleep;
}

TEST(AThreadThatGetsNoProcessorIsNotStuckHoweverLongItTakes) {
  std::atomic<bool> stop{false};
  Other other([&] {
    while (!stop.load()) {
    }
  });
  Unwinding unwinding;
  // The clock of this test runs so much faster that the thread has hardly worked when minutes have passed.
  int64_t now = 0;
  unwinding.Begin(other.id, other.number, now);
  for (; now < 600 * kSecond; now += kSecond) EXPECT(unwinding.Look(now) != Unwinding::Finding::kStuck);
  stop.store(true);
  EXPECT(Eventually([&] { return other.ended(); }));
}

TEST(AThreadThatSleepsForTenSecondsIsStuck) {
  Door door;
  Other other([&] { door.Pass(); });
  EXPECT(Eventually([&] { return Asleep(other); }));
  Unwinding unwinding;
  int64_t now = 0;
  unwinding.Begin(other.id, other.number, now);
  for (; now < 9 * kSecond; now += kOften) EXPECT(unwinding.Look(now) != Unwinding::Finding::kStuck);
  EXPECT(unwinding.Look(now) == Unwinding::Finding::kLingers);
  while (now < 11 * kSecond) unwinding.Look(now += kOften);
  EXPECT(unwinding.Look(now) == Unwinding::Finding::kStuck);
  door.Open();
  EXPECT(Eventually([&] { return other.ended(); }));
}

TEST(WhatHappenedWhileNobodyLookedIsNotHeldAgainstIt) {
  Door door;
  Other other([&] { door.Pass(); });
  EXPECT(Eventually([&] { return Asleep(other); }));
  Unwinding unwinding;
  unwinding.Begin(other.id, other.number, 0);
  // As when the whole process was stopped for minutes.
  EXPECT(unwinding.Look(600 * kSecond) != Unwinding::Finding::kStuck);
  door.Open();
  EXPECT(Eventually([&] { return other.ended(); }));
}

TEST(AThreadThatWorksOnIsStuckAfterSecondsOfWork) {
  std::atomic<bool> stop{false};
  Other other([&] {
    while (!stop.load()) {
    }
  });
  Unwinding unwinding;
  unwinding.Begin(other.id, other.number, 0);
  // It gets its processor time in the end, and not a moment of the clock passes.
  EXPECT(Eventually([&] { return unwinding.Look(0) == Unwinding::Finding::kStuck; }, 50'000));
  stop.store(true);
  EXPECT(Eventually([&] { return other.ended(); }));
}

TEST(AThreadIsAskedAgainFromTheBeginning) {
  Door door;
  Other other([&] { door.Pass(); });
  EXPECT(Eventually([&] { return Asleep(other); }));
  Unwinding unwinding;
  for (int round = 0; round < 3; ++round) {
    unwinding.Begin(other.id, other.number, 0);
    EXPECT(unwinding.under_way());
    for (int64_t now = 0; now < 6 * kSecond; now += kOften) {
      EXPECT(unwinding.Look(now) != Unwinding::Finding::kStuck);
    }
    unwinding.End();
    EXPECT(!unwinding.under_way());
  }
  door.Open();
  EXPECT(Eventually([&] { return other.ended(); }));
}

TEST(BystandersAreDoneWhenTheySleepOrHaveWorkedEnough) {
  Door door;
  std::atomic<bool> stop{false};
  Other sleeper([&] { door.Pass(); });
  Other worker([&] {
    while (!stop.load()) {
    }
  });
  Other own(
      [&] {
        while (!stop.load()) {
        }
      },
      "isolet-test");
  EXPECT(Eventually([&] { return Asleep(sleeper); }));
  Bystanders bystanders;
  EXPECT(!bystanders.Done());
  EXPECT(Eventually([&] { return bystanders.Done(); }, 30'000));
  Bystanders again;
  EXPECT(!again.Done());
  stop.store(true);
  EXPECT(Eventually([&] { return worker.ended() && own.ended() && again.Done(); }));
  door.Open();
  EXPECT(Eventually([&] { return sleeper.ended(); }));
}
#endif

TEST(AMachineIsAtLeastAsSlowAsTheUsual) {
  EXPECT(MachinePace() >= 1);
  EXPECT(MachinePace() == MachinePace());
}

}  // namespace
}  // namespace isolet::test
