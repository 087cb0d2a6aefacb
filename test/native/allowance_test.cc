#include "calls/allowance.h"

#include <cstdint>
#include <memory>
#include <thread>

#include "calls/in_flight.h"
#include "check.h"

namespace isolet::test {
namespace {

TEST(NumberAndBytesAreBothBounded) {
  Allowance few(2, 1000);
  EXPECT(few.Take(1) && few.Take(1));
  EXPECT(!few.Take(0));
  few.GiveBack(1);
  EXPECT(few.Take(1));
  Allowance small(100, 10);
  EXPECT(small.Take(10));
  EXPECT(!small.Take(1));
  EXPECT(small.Take(0));
}

TEST(ARefusalTakesNothing) {
  Allowance allowance(10, 10);
  EXPECT(!allowance.Take(11));
  for (int i = 0; i < 100; ++i) EXPECT(!allowance.Take(11));
  EXPECT(allowance.Take(10));
}

TEST(NoSizeIsTooLargeToBeRefused) {
  Allowance allowance(10, 100);
  EXPECT(allowance.Take(1));
  EXPECT(!allowance.Take(SIZE_MAX));
  EXPECT(!allowance.Take(SIZE_MAX - 1));
}

TEST(WhatAnotherThreadReadsIsFreeAgain) {
  Allowance allowance(64, 64);
  constexpr int kMany = 20'000;
  std::atomic<int> unread{0};
  std::thread reader([&] {
    for (int read = 0; read < kMany;) {
      if (unread.load() == 0) {
        std::this_thread::yield();
        continue;
      }
      unread.fetch_sub(1);
      allowance.GiveBack(1);
      ++read;
    }
  });
  for (int written = 0; written < kMany;) {
    if (!allowance.Take(1)) {
      std::this_thread::yield();
      continue;
    }
    unread.fetch_add(1);
    ++written;
  }
  reader.join();
  for (int i = 0; i < 64; ++i) EXPECT(allowance.Take(1));
  EXPECT(!allowance.Take(1));
}

TEST(OneByItselfMayWaitWhateverItsSize) {
  auto total = std::make_shared<std::atomic<size_t>>(0);
  EXPECT(MayWait(*total, 1000, 10));
  {
    InFlight large(total, 1000);
    EXPECT(!MayWait(*total, 1, 10));
  }
  EXPECT(*total == 0);
  InFlight small(total, 4);
  EXPECT(MayWait(*total, 6, 10));
  EXPECT(!MayWait(*total, 7, 10));
}

TEST(AnOpenCallIsGivenBackInNumberAndBytes) {
  auto calls = std::make_shared<std::atomic<size_t>>(0);
  auto bytes = std::make_shared<std::atomic<size_t>>(0);
  {
    OpenCall one(calls, bytes, 30), other(calls, bytes, 12);
    EXPECT(*calls == 2);
    EXPECT(*bytes == 42);
  }
  EXPECT(*calls == 0);
  EXPECT(*bytes == 0);
}

}  // namespace
}  // namespace isolet::test
