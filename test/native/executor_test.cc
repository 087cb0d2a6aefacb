#include "threads/executor.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "check.h"
#include "work.h"

namespace isolet::test {
namespace {

size_t Width() { return std::max(1u, std::thread::hardware_concurrency()); }

TEST(AScheduledTurnRunsOnAWorker) {
  auto on_worker = std::make_shared<std::atomic<int>>(-1);
  Schedule([on_worker] { on_worker->store(Executor::OnWorker() ? 1 : 0); });
  EXPECT(Eventually([&] { return on_worker->load() == 1; }));
  EXPECT(!Executor::OnWorker());
}

TEST(TurnsFromManyThreadsAllRun) {
  constexpr int kThreads = 8, kEach = 500;
  auto ran = std::make_shared<std::atomic<int>>(0);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([ran] {
      for (int n = 0; n < kEach; ++n) Schedule([ran] { ran->fetch_add(1); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT(Eventually([&] { return ran->load() == kThreads * kEach; }));
  EXPECT(Executor::Get().thread_count() <= Width());
}

TEST(NoMoreTurnsAtOnceThanItsWidth) {
  auto running = std::make_shared<std::atomic<size_t>>(0);
  auto most = std::make_shared<std::atomic<size_t>>(0);
  auto ran = std::make_shared<std::atomic<size_t>>(0);
  const size_t turns = Width() * 10;
  for (size_t i = 0; i < turns; ++i) {
    Schedule([=] {
      size_t now = running->fetch_add(1) + 1;
      size_t seen = most->load();
      while (seen < now && !most->compare_exchange_weak(seen, now)) {
      }
      SleepMs(2);
      running->fetch_sub(1);
      ran->fetch_add(1);
    });
  }
  EXPECT(Eventually([&] { return ran->load() == turns; }));
  EXPECT(most->load() <= Width());
}

TEST(ATurnIsFreedAfterItRan) {
  auto owned = std::make_shared<int>(0);
  std::weak_ptr<int> watch = owned;
  Schedule([owned] {});
  owned.reset();
  EXPECT(Eventually([&] { return watch.expired(); }));
}

// Without the region the last turn would wait for ever: every worker is taken.
TEST(BlockedWorkersAreReplaced) {
  auto door = std::make_shared<Door>();
  auto inside = std::make_shared<std::atomic<size_t>>(0);
  auto left = std::make_shared<std::atomic<size_t>>(0);
  const size_t blocked = Width() * 3;
  for (size_t i = 0; i < blocked; ++i) {
    Schedule([=] {
      {
        Executor::BlockingRegion region;
        inside->fetch_add(1);
        door->Pass();
      }
      left->fetch_add(1);
    });
  }
  EXPECT(Eventually([&] { return inside->load() == blocked; }));
  Schedule([door] { door->Open(); });
  EXPECT(Eventually([&] { return left->load() == blocked; }));
  EXPECT(Executor::Get().thread_count() >= 1);
}

// The only worker that runs a turn does not come back.
TEST(AKickGetsAWatchedTurnAThread) {
  auto door = std::make_shared<Door>();
  auto inside = std::make_shared<std::atomic<bool>>(false);
  auto ran = std::make_shared<std::atomic<bool>>(false);
  Schedule([=] {
    inside->store(true);
    door->Pass();
  });
  EXPECT(Eventually([&] { return inside->load(); }));
  Executor::Get().Schedule(std::make_shared<Work>([ran] { ran->store(true); }), Urgency::kUrgent, Waking::kWatched);
  Executor::Get().Kick();
  EXPECT(Eventually([&] { return ran->load(); }));
  door->Open();
}

TEST(AWorkerThatComesBackTakesWhatItScheduled) {
  auto ran = std::make_shared<std::atomic<int>>(0);
  Schedule([ran] {
    for (int i = 0; i < 3; ++i) {
      Executor::Get().Schedule(std::make_shared<Work>([ran] { ran->fetch_add(1); }), Urgency::kNormal,
                               i < 2 ? Waking::kNow : Waking::kComesBack);
    }
  });
  EXPECT(Eventually([&] { return ran->load() == 3; }));
}

TEST(ABlockingRegionElsewhereDoesNothing) {
  size_t before = Executor::Get().thread_count();
  Executor::BlockingRegion region;
  EXPECT(Executor::Get().thread_count() == before);
}

// A turn that goes on after it blocked leaves a thread too many among the idle ones. The one that is woken for new work
// and goes home must hand the work to another.
TEST(AThreadTooManyHandsItsWorkOn) {
  if (Width() < 2) return;
  for (int round = 0; round < 5; ++round) {
    auto unblock = std::make_shared<Door>();
    auto finish = std::make_shared<Door>();
    auto blocked = std::make_shared<std::atomic<bool>>(false);
    auto going_on = std::make_shared<std::atomic<bool>>(false);
    auto ended = std::make_shared<std::atomic<bool>>(false);
    Schedule([=] {
      {
        Executor::BlockingRegion region;
        blocked->store(true);
        unblock->Pass();
      }
      going_on->store(true);
      finish->Pass();
      ended->store(true);
    });
    EXPECT(Eventually([&] { return blocked->load(); }));
    // Fills the executor, so that a thread is started in place of the blocked one; then all of them turn idle.
    auto meeting = std::make_shared<std::atomic<size_t>>(0);
    auto met = std::make_shared<std::atomic<size_t>>(0);
    for (size_t i = 0; i < Width(); ++i) {
      Schedule([=] {
        meeting->fetch_add(1);
        if (Eventually([&] { return meeting->load() == Width(); })) met->fetch_add(1);
      });
    }
    EXPECT(Eventually([&] { return met->load() == Width(); }));
    SleepMs(20);
    unblock->Open();
    EXPECT(Eventually([&] { return going_on->load(); }));
    auto ran = std::make_shared<std::atomic<bool>>(false);
    Schedule([ran] { ran->store(true); });
    EXPECT(Eventually([&] { return ran->load(); }, 2'000));
    finish->Open();
    EXPECT(Eventually([&] { return ended->load(); }));
  }
}

// As the guard of fatal errors does it: the thread says goodbye in the middle of a turn, and stays.
TEST(ALostThreadIsReplaced) {
  auto lost = std::make_shared<std::atomic<size_t>>(0);
  auto never = std::make_shared<Door>();
  const size_t losses = Width() * 2;
  for (size_t i = 0; i < losses; ++i) {
    Schedule([=] {
      Executor::Get().LoseThread();
      lost->fetch_add(1);
      never->Pass();
    });
  }
  EXPECT(Eventually([&] { return lost->load() == losses; }));
  auto ran = std::make_shared<std::atomic<bool>>(false);
  Schedule([ran] { ran->store(true); });
  EXPECT(Eventually([&] { return ran->load(); }));
  EXPECT(Executor::Get().thread_count() <= Width());
}

TEST(WhatSomebodyWaitsForDoesNotQueueBehindTurnsThatCompute) {
  Crowd crowd;
  EXPECT(crowd.complete());
  auto ordinary = std::make_shared<std::atomic<bool>>(false);
  Schedule([ordinary] { ordinary->store(true); });
  for (int i = 0; i < 5; ++i) {
    auto place = std::make_shared<Executor::LentPlace>();
    auto ran = std::make_shared<std::atomic<bool>>(false);
    place->Lend();
    Schedule(
        [=] {
          place->TakeBack();
          ran->store(true);
        },
        Urgency::kUrgent);
    EXPECT(Eventually([&] { return ran->load(); }));
  }
  // The places that were lent have not been used for anything else.
  SleepMs(20);
  EXPECT(!ordinary->load());
  EXPECT(Executor::Get().thread_count() <= Width() + 2);
}

// A caller that gives up leaves its turn behind: that takes the place of an ordinary one.
TEST(WhatACallerLeavesBehindTakesAnOrdinaryPlace) {
  auto left = std::make_shared<Door>();
  auto inside = std::make_shared<std::atomic<bool>>(false);
  auto running = std::make_shared<std::atomic<size_t>>(0);
  auto most = std::make_shared<std::atomic<size_t>>(0);
  auto ran = std::make_shared<std::atomic<size_t>>(0);
  {
    Executor::LentPlace place;
    place.Lend();
    Schedule(
        [=] {
          inside->store(true);
          left->Pass();
          inside->store(false);
        },
        Urgency::kUrgent);
    EXPECT(Eventually([&] { return inside->load(); }));
  }
  const size_t turns = Width() * 4;
  for (size_t i = 0; i < turns; ++i) {
    Schedule([=] {
      size_t now = running->fetch_add(1) + 1;
      size_t seen = most->load();
      while (seen < now && !most->compare_exchange_weak(seen, now)) {
      }
      SleepMs(2);
      running->fetch_sub(1);
      ran->fetch_add(1);
    });
  }
  if (Width() > 1) {
    EXPECT(Eventually([&] { return ran->load() == turns; }));
    EXPECT(most->load() <= Width() - 1);
  }
  left->Open();
  EXPECT(Eventually([&] { return ran->load() == turns && !inside->load(); }));
}

TEST(AFloodOfUrgentTurnsStarvesNobody) {
  std::atomic<bool> stop{false};
  std::atomic<size_t> urgent{0};
  std::vector<std::thread> callers;
  for (size_t i = 0; i < Width() + 2; ++i) {
    callers.emplace_back([&] {
      while (!stop.load()) {
        auto place = std::make_shared<Executor::LentPlace>();
        auto door = std::make_shared<Door>();
        place->Lend();
        Schedule(
            [&urgent, place, door] {
              urgent.fetch_add(1);
              place->TakeBack();
              door->Open();
            },
            Urgency::kUrgent);
        door->Pass();
      }
    });
  }
  auto ran = std::make_shared<std::atomic<int>>(0);
  for (int i = 0; i < 200; ++i) {
    Schedule([ran] { ran->fetch_add(1); });
    size_t before = urgent.load();
    EXPECT(Eventually([&] { return ran->load() == i + 1 && urgent.load() > before; }));
  }
  stop.store(true);
  for (std::thread& caller : callers) caller.join();
}

// The last two, in this order: nothing runs any more afterwards.
TEST(StopDoesNotWaitForATurnThatStays) {
  auto door = std::make_shared<Door>();
  auto inside = std::make_shared<std::atomic<bool>>(false);
  auto ended = std::make_shared<std::atomic<bool>>(false);
  Schedule([=] {
    inside->store(true);
    door->Pass();
    ended->store(true);
  });
  EXPECT(Eventually([&] { return inside->load(); }));
  EXPECT(!Executor::Get().Stop(20));
  door->Open();
  EXPECT(Executor::Get().Stop(kPatienceMs));
  EXPECT(ended->load());
}

TEST(NothingStartsAfterStop) {
  auto ran = std::make_shared<std::atomic<bool>>(false);
  Schedule([ran] { ran->store(true); });
  SleepMs(50);
  EXPECT(!ran->load());
}

}  // namespace
}  // namespace isolet::test
