#include "threads/thread.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "check.h"

namespace isolet::test {
namespace {

TEST(AStartedThreadHasTheChosenStack) {
  std::atomic<size_t> below{0};
  EXPECT(StartThread("isolet-test", [&] {
    // Not the address of a local: AddressSanitizer keeps those elsewhere.
    below.store(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - StackBottom());
  }));
  EXPECT(Eventually([&] { return below.load() != 0; }));
  EXPECT(below.load() > kEngineStackSize * 9 / 10);
  EXPECT(below.load() <= kEngineStackSize);
}

TEST(EachThreadKnowsItsOwnStack) {
  uintptr_t mine = StackBottom();
  std::atomic<uintptr_t> other{0};
  EXPECT(StartThread("isolet-test", [&] { other.store(StackBottom()); }));
  EXPECT(Eventually([&] { return other.load() != 0; }));
  EXPECT(mine != 0 && mine != other.load());
  EXPECT(mine == StackBottom());
}

TEST(ProcessorTimeCountsWorkAndNotSleep) {
  int64_t start = ThreadCpuNow();
  SleepMs(50);
  EXPECT(ThreadCpuNow() - start < 40'000'000);
  start = ThreadCpuNow();
  for (volatile int i = 0; i < 20'000'000; i = i + 1) {
  }
  EXPECT(ThreadCpuNow() - start > 1'000'000);
}

#if defined(__linux__)
TEST(ProcessorTimeOfAnotherThread) {
  std::atomic<bool> ready{false}, stop{false}, gone{false};
  ThreadId spinning{};
  EXPECT(StartThread("isolet-test", [&] {
    spinning = CurrentThreadId();
    ready.store(true);
    while (!stop.load()) {
    }
    gone.store(true);
  }));
  EXPECT(Eventually([&] { return ready.load(); }));
  int64_t start = CpuOf(spinning);
  EXPECT(Eventually([&] { return CpuOf(spinning) - start >= 5'000'000; }));
  stop.store(true);
  EXPECT(Eventually([&] { return gone.load(); }));
}
#endif

// The system's own ids come again at once.
TEST(ANumberIsNeverAnotherThreadsToo) {
  std::vector<uint64_t> numbers = {ThreadNumber()};
  EXPECT(ThreadNumber() == numbers[0]);
  for (int i = 0; i < 50; ++i) {
    std::thread([&] { numbers.push_back(ThreadNumber()); }).join();
  }
  std::ranges::sort(numbers);
  EXPECT(std::ranges::adjacent_find(numbers) == numbers.end());
}

TEST(WhatTheBodyHoldsIsFreedWithTheThread) {
  auto owned = std::make_shared<int>(0);
  std::weak_ptr<int> watch = owned;
  EXPECT(StartThread("isolet-test", [owned] {}));
  owned.reset();
  EXPECT(Eventually([&] { return watch.expired(); }));
}

}  // namespace
}  // namespace isolet::test
