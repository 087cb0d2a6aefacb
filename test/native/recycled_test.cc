// Of the pieces themselves: under a sanitizer the classes that use them do without.
#include "threads/recycled.h"

#include <atomic>
#include <memory>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "check.h"

namespace isolet::test {
namespace {

using Pieces = RecycledPieces<128>;

struct Thing {
  uint64_t value;
  uint64_t check;
};

Thing* Make(uint64_t value) { return new (Pieces::Take()) Thing{value, ~value}; }

bool Is(const Thing* thing, uint64_t value) { return thing->value == value && thing->check == ~value; }

TEST(PiecesInUseAtOneTimeAreNeverTheSame) {
  for (int round = 0; round < 5; ++round) {
    std::vector<Thing*> things;
    std::set<Thing*> seen;
    for (uint64_t i = 0; i < 1000; ++i) {
      things.push_back(Make(i));
      EXPECT(seen.insert(things.back()).second);
    }
    // Another thread gives them back, and is gone with what it kept.
    std::thread other([&things] {
      for (uint64_t i = 0; i < things.size(); ++i) {
        EXPECT(Is(things[i], i));
        Pieces::Give(things[i]);
      }
    });
    other.join();
  }
}

TEST(WhatOneThreadGivesBackAnotherTakesUnharmed) {
  using Lot = std::vector<Thing*>;
  std::atomic<Lot*> box{nullptr};
  std::atomic<uint64_t> wrong{0};
  constexpr uint64_t kLots = 100;
  std::thread receiver([&] {
    for (uint64_t lots = 0; lots < kLots;) {
      std::unique_ptr<Lot> lot(box.exchange(nullptr));
      if (!lot) {
        SleepMs(0);
        continue;
      }
      ++lots;
      for (uint64_t i = 0; i < lot->size(); ++i) {
        if (!Is((*lot)[i], i)) ++wrong;
        Pieces::Give((*lot)[i]);
      }
    }
  });
  for (uint64_t lots = 0; lots < kLots; ++lots) {
    auto lot = std::make_unique<Lot>();
    for (uint64_t i = 0; i < 150; ++i) lot->push_back(Make(i));
    for (Lot* none = nullptr; !box.compare_exchange_weak(none, lot.get()); none = nullptr) SleepMs(0);
    (void)lot.release();
  }
  receiver.join();
  EXPECT(wrong == 0);
}

TEST(ManyThreadsGiveAndTakeAtOnce) {
  std::atomic<uint64_t> wrong{0};
  std::vector<std::thread> threads;
  for (uint64_t number = 0; number < 4; ++number) {
    threads.emplace_back([&wrong, number] {
      std::vector<Thing*> mine;
      for (uint64_t i = 0; i < 20'000; ++i) {
        mine.push_back(Make(number));
        if (mine.size() < 300) continue;
        for (Thing* thing : std::exchange(mine, {})) {
          if (!Is(thing, number)) ++wrong;
          Pieces::Give(thing);
        }
      }
      for (Thing* thing : mine) Pieces::Give(thing);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT(wrong == 0);
}

TEST(AMapWhoseEntriesAnotherThreadErasesStaysWhole) {
  using Entry = std::pair<const int, int>;
  std::unordered_map<int, int, std::hash<int>, std::equal_to<>, RecyclingAllocator<Entry>> map;
  for (int i = 0; i < 1000; ++i) map.emplace(i, i);
  std::thread other([&map] {
    for (int i = 0; i < 1000; i += 2) map.erase(i);
  });
  other.join();
  for (int i = 0; i < 1000; ++i) EXPECT(map.contains(i) == (i % 2 == 1));
}

}  // namespace
}  // namespace isolet::test
