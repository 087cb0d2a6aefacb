#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "mailbox_box.h"

namespace isolet::test {
namespace {

TEST(TasksRunInTheOrderTheyWerePosted) {
  auto box = std::make_shared<Box>();
  std::atomic<int> ran{0};
  for (int i = 0; i < 1'000; ++i) {
    box->PostRun([&, i] {
      box->order.push_back(i);
      ran.fetch_add(1);
    });
  }
  EXPECT(Eventually([&] { return ran.load() == 1'000; }));
  EXPECT(Eventually([&] { return Idle(box.get()); }));
  EXPECT(std::is_sorted(box->order.begin(), box->order.end()));
  EXPECT(box->order.size() == 1'000);
}

TEST(PostsOfManyThreadsAndBorrowersNeverOverlap) {
  auto box = std::make_shared<Box>();
  std::atomic<int> refused{0}, tasks{0};
  constexpr int kThreads = 4, kEach = 400;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, box] {
      for (int i = 0; i < kEach; ++i) {
        box->PostRun([&tasks, raw = box.get()] {
          ++raw->count;
          tasks.fetch_add(1);
        });
      }
    });
    threads.emplace_back([&, box] {
      Waiter waiter;
      for (int i = 0; i < kEach; ++i) {
        if (!box->Borrow(&waiter, Soon())) {
          refused.fetch_add(1);
          continue;
        }
        box->Enter();
        ++box->count;
        box->Leave();
        box->GiveBack();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT(Eventually([&] { return tasks.load() == kThreads * kEach; }));
  EXPECT(Eventually([&] { return Idle(box.get()); }));
  EXPECT(refused.load() == 0);
  EXPECT(box->overlaps() == 0);
  EXPECT(box->count == 2 * kThreads * kEach);
}

TEST(ManyMailboxesShareTheThreads) {
  constexpr int kBoxes = 50, kEach = 50;
  std::vector<std::shared_ptr<Box>> boxes;
  std::atomic<int> ran{0};
  for (int b = 0; b < kBoxes; ++b) boxes.push_back(std::make_shared<Box>());
  for (int i = 0; i < kEach; ++i) {
    for (auto& box : boxes) {
      box->PostRun([&ran, i, raw = box.get()] {
        raw->order.push_back(i);
        ran.fetch_add(1);
      });
    }
  }
  EXPECT(Eventually([&] { return ran.load() == kBoxes * kEach; }));
  for (auto& box : boxes) {
    EXPECT(Eventually([&] { return Idle(box.get()); }));
    EXPECT(std::is_sorted(box->order.begin(), box->order.end()) && box->order.size() == kEach);
    EXPECT(box->overlaps() == 0);
  }
}

TEST(TheHolderIsKnown) {
  auto box = std::make_shared<Box>();
  EXPECT(!box->HasTurn() && !box->TakenElsewhere());
  EXPECT(box->Borrow(nullptr, 0));
  EXPECT(box->HasTurn() && !box->TakenElsewhere());
  std::thread([&] { EXPECT(!box->HasTurn() && box->TakenElsewhere()); }).join();
  box->GiveBack();
  EXPECT(!box->HasTurn());
  std::thread([&] { EXPECT(!box->TakenElsewhere()); }).join();
}

// Its entry is behind others in the executor's queue when the urgent task comes.
TEST(AnUrgentTaskBringsThoseBeforeItAlong) {
  Crowd crowd;
  EXPECT(crowd.complete());
  auto box = std::make_shared<Box>();
  auto ran = std::make_shared<std::atomic<int>>(0);
  box->PostRun([=] { box->order.push_back(ran->fetch_add(1)); });
  SleepMs(20);
  EXPECT(ran->load() == 0);
  Executor::LentPlace place;
  place.Lend();
  box->PostRun([=] { box->order.push_back(ran->fetch_add(1)); }, Urgency::kUrgent);
  EXPECT(Eventually([&] { return ran->load() == 2; }));
  EXPECT(Eventually([&] { return Idle(box.get()); }));
  EXPECT((box->order == std::vector<int>{0, 1}));
  // What comes later is ordinary again.
  place.TakeBack();
  box->PostRun([=] { ran->fetch_add(1); });
  SleepMs(20);
  EXPECT(ran->load() == 2);
}

TEST(AnUrgentTaskForATurnThatRunsIsNext) {
  auto box = std::make_shared<Box>();
  auto door = std::make_shared<Door>();
  auto inside = std::make_shared<std::atomic<bool>>(false);
  box->PostRun([=] {
    inside->store(true);
    door->Pass();
  });
  EXPECT(Eventually([&] { return inside->load(); }));
  // Keeps whatever place becomes free.
  auto behind = std::make_shared<Door>();
  auto done = std::make_shared<std::atomic<size_t>>(0);
  const size_t crowd = 2 * std::max(1u, std::thread::hardware_concurrency());
  for (size_t i = 0; i < crowd; ++i) {
    Schedule([=] {
      behind->Pass();
      done->fetch_add(1);
    });
  }
  Executor::LentPlace place;
  place.Lend();
  auto ran = std::make_shared<std::atomic<bool>>(false);
  box->PostRun([ran] { ran->store(true); }, Urgency::kUrgent);
  door->Open();
  EXPECT(Eventually([&] { return ran->load(); }));
  EXPECT(done->load() == 0);
  behind->Open();
  EXPECT(Eventually([&] { return done->load() == crowd; }));
}

// Entries of both kinds, turns that are borrowed while they are queued: every task runs.
TEST(NoTaskIsForgottenAmongEntriesOfBothKinds) {
  auto box = std::make_shared<Box>();
  std::atomic<int> ran{0};
  constexpr int kThreads = 4, kEach = 500;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        Executor::LentPlace place;
        place.Lend();
        box->PostRun([&ran] { ran.fetch_add(1); }, (i + t) % 3 == 0 ? Urgency::kUrgent : Urgency::kNormal);
        if (i % 5 == t && box->Borrow(nullptr, 0)) box->GiveBack();
        if (i % 100 == 0) Eventually([&] { return ran.load() > 0; });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT(Eventually([&] { return ran.load() == kThreads * kEach; }));
  EXPECT(box->overlaps() == 0);
  EXPECT(Eventually([&] { return Idle(box.get()); }));
}

TEST(StaleTasksAreDroppedAndTheOthersKeepTheirOrder) {
  auto box = std::make_shared<Box>();
  EXPECT(box->Borrow(nullptr, 0));
  auto owned = std::make_shared<int>(0);
  std::weak_ptr<int> watch = owned;
  auto ran = std::make_shared<std::atomic<int>>(0);
  auto note = [ran, raw = box.get()](int i) {
    raw->order.push_back(i);
    ran->fetch_add(1);
  };
  for (int i = 0; i < 5; ++i) box->PostRun([=] { note(i); });
  box->PostRun([owned] {});
  box->PostRun([=] { note(5); });
  owned.reset();
  int seen = 0;
  box->DropIf([&](const Task&) {
    int at = seen++;
    return at == 1 || at == 3 || at == 5;
  });
  EXPECT(watch.expired());
  box->GiveBack();
  EXPECT(Eventually([&] { return ran->load() == 4; }));
  EXPECT(Eventually([&] { return Idle(box.get()); }));
  EXPECT((box->order == std::vector<int>{0, 2, 4, 5}));
}

TEST(ALostTurnWakesBorrowersAndDropsTasks) {
  auto box = std::make_shared<Box>();
  auto owned = std::make_shared<int>(0);
  std::weak_ptr<int> watch = owned;
  EXPECT(box->Borrow(nullptr, 0));
  box->PostRun([owned] {});
  owned.reset();
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      Waiter waiter;
      if (!box->Borrow(&waiter, Watched::kNever)) refused.fetch_add(1);
    });
  }
  SleepMs(30);
  EXPECT(!watch.expired());
  box->Lose();
  for (std::thread& thread : threads) thread.join();
  EXPECT(refused.load() == 3);
  EXPECT(watch.expired());
  Waiter waiter;
  EXPECT(!box->Borrow(&waiter, Soon()));
  EXPECT(!box->HasTurn());
}

TEST(PostAfterLoseDropsTheTask) {
  auto box = std::make_shared<Box>();
  EXPECT(box->Borrow(nullptr, 0));
  box->Lose();
  auto owned = std::make_shared<int>(0);
  std::weak_ptr<int> watch = owned;
  box->PostRun([raw = std::move(owned)] {});
  EXPECT(watch.expired());
}

TEST(TheQueueKeepsTheMailboxAlive) {
  auto ran = std::make_shared<std::atomic<bool>>(false);
  std::weak_ptr<Box> watch;
  {
    auto box = std::make_shared<Box>();
    watch = box;
    box->PostRun([ran] {
      SleepMs(20);
      ran->store(true);
    });
  }
  EXPECT(Eventually([&] { return watch.expired(); }));
  EXPECT(ran->load());
}

TEST(ATaskMayPostTheNext) {
  auto box = std::make_shared<Box>();
  auto done = std::make_shared<std::atomic<bool>>(false);
  std::function<void(int)> step = [&](int left) {
    ++box->count;
    if (left == 0) return done->store(true);
    box->PostRun([&step, left] { step(left - 1); });
  };
  box->PostRun([&step] { step(500); });
  EXPECT(Eventually([&] { return done->load(); }));
  EXPECT(Eventually([&] { return Idle(box.get()); }));
  EXPECT(box->count == 501);
}

}  // namespace
}  // namespace isolet::test
