#include "threads/spinner.h"

#include <atomic>

#include "check.h"

namespace isolet::test {
namespace {

using Result = Spinner::Result;

// How many waits go without spinning now.
int Skipped(Spinner* spinner) {
  int skipped = 0;
  while (!spinner->Pays()) ++skipped;
  return skipped;
}

TEST(SpinningEndsWhenItComes) {
  std::atomic<bool> there{false};
  EXPECT(StartThread("isolet-test", [&] { there.store(true); }));
  Result result;
  do {
    result = Spinner::Spin(60'000'000'000, [&] { return there.load(); });
  } while (result == Result::kAway);
  EXPECT(Spinner::Came(result));
}

TEST(SpinningEndsWhenItDoesNotCome) {
  int64_t began = SteadyNow();
  EXPECT(!Spinner::Came(Spinner::Spin(1'000'000, [] { return false; })));
  EXPECT(SteadyNow() > began);
}

TEST(AThreadThatWasAwaySaysSo) {
  bool looked = false;
  Result result = Spinner::Spin(60'000'000'000, [&] {
    if (looked) return false;
    looked = true;
    SleepMs(5);
    return false;
  });
  EXPECT(result == Result::kAway);
  result = Spinner::Spin(60'000'000'000, [] {
    SleepMs(5);
    return true;
  });
  EXPECT(result == Result::kCameWhileAway);
}

TEST(SpinningGoesOnWhileItPays) {
  Spinner spinner;
  for (int i = 0; i < 100; ++i) {
    EXPECT(Skipped(&spinner) == 0);
    spinner.Learn(Result::kCame);
  }
}

TEST(SpinningInVainStopsAndIsTriedAgain) {
  Spinner spinner;
  int last = 0;
  for (int i = 0; i < 30; ++i) {
    spinner.Learn(Result::kInVain);
    int skipped = Skipped(&spinner);
    EXPECT(skipped >= last);
    EXPECT(skipped < 100);
    last = skipped;
  }
  EXPECT(last > 20);
}

TEST(ACoreThatOthersWantCountsMore) {
  Spinner alone, crowded;
  alone.Learn(Result::kInVain);
  crowded.Learn(Result::kCameWhileAway);
  EXPECT(Skipped(&crowded) > Skipped(&alone));
}

TEST(QuickTrafficIsNoticedAgain) {
  Spinner spinner;
  for (int i = 0; i < 100; ++i) spinner.Learn(Result::kAway);
  int waits = 0;
  while (Skipped(&spinner) > 0 && waits < 100) {
    spinner.Learn(Result::kCame);
    ++waits;
  }
  EXPECT(waits < 20);
}

}  // namespace
}  // namespace isolet::test
