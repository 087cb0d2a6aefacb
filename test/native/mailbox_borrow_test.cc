#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "mailbox_box.h"

namespace isolet::test {
namespace {

// What was posted meanwhile waits for the turn to be given back, and runs then.
TEST(ABorrowedTurnHoldsTasksBack) {
  auto box = std::make_shared<Box>();
  auto ran = std::make_shared<std::atomic<bool>>(false);
  EXPECT(box->Borrow(nullptr, 0));
  box->PostRun([ran] { ran->store(true); });
  SleepMs(30);
  EXPECT(!ran->load());
  box->GiveBack();
  EXPECT(Eventually([&] { return ran->load(); }));
}

// Both ends of the race with the executor: its entry for the mailbox is still queued while the turn is taken, and again
// when it is given back.
TEST(ABorrowerStealsAQueuedTurn) {
  size_t width = std::max(1u, std::thread::hardware_concurrency());
  auto door = std::make_shared<Door>();
  auto busy = std::make_shared<std::atomic<size_t>>(0);
  for (size_t i = 0; i < width; ++i) {
    Schedule([=] {
      busy->fetch_add(1);
      door->Pass();
    });
  }
  EXPECT(Eventually([&] { return busy->load() == width; }));
  auto box = std::make_shared<Box>();
  auto ran = std::make_shared<std::atomic<int>>(0);
  box->PostRun([ran] { ran->fetch_add(1); });
  for (int i = 0; i < 3; ++i) {
    EXPECT(box->Borrow(nullptr, 0));
    EXPECT(ran->load() == 0);
    box->GiveBack();
  }
  EXPECT(box->Borrow(nullptr, 0));
  door->Open();
  SleepMs(30);  // the executor finds the turn taken and drops its entry
  EXPECT(ran->load() == 0);
  box->GiveBack();
  EXPECT(Eventually([&] { return ran->load() == 1; }));
}

TEST(BorrowersAreServedInOrderAndBeforeTasks) {
  auto box = std::make_shared<Box>();
  EXPECT(box->Borrow(nullptr, 0));
  std::atomic<int> ran{0};
  box->PostRun([&] {
    box->order.push_back(99);
    ran.fetch_add(1);
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      Waiter waiter;
      if (!box->Borrow(&waiter, Soon())) return;
      box->order.push_back(i);
      box->GiveBack();
    });
    SleepMs(30);  // it has joined the line
  }
  box->GiveBack();
  for (std::thread& thread : threads) thread.join();
  EXPECT(Eventually([&] { return ran.load() == 1; }));
  EXPECT(Eventually([&] { return Idle(box.get()); }));
  EXPECT((box->order == std::vector<int>{0, 1, 2, 3, 99}));
}

TEST(BorrowGivesUpAtItsDeadline) {
  auto box = std::make_shared<Box>();
  EXPECT(box->Borrow(nullptr, 0));
  std::thread([&] {
    Waiter waiter;
    EXPECT(!box->Borrow(nullptr, 0));
    int64_t deadline = SteadyNow() + 30 * kMs;
    EXPECT(!box->Borrow(&waiter, deadline));
    EXPECT(SteadyNow() >= deadline);
  }).join();
  // Whoever gave up is not granted the turn later: nobody would ever give it back.
  box->GiveBack();
  EXPECT(Idle(box.get()));
}

// Grant and deadline at the same moment: the turn is either taken or left to others, never stuck.
TEST(AGrantThatMeetsTheDeadlineIsNotStuck) {
  auto box = std::make_shared<Box>();
  int got = 0, gave_up = 0;
  for (int i = 0; i < 200; ++i) {
    EXPECT(box->Borrow(nullptr, 0));
    bool taken = false;
    int64_t deadline = SteadyNow() + kMs;
    std::thread other([&] {
      Waiter waiter;
      taken = box->Borrow(&waiter, deadline);
      if (taken) box->GiveBack();
    });
    while (SteadyNow() < deadline - 20'000) {
    }
    box->GiveBack();
    other.join();
    taken ? ++got : ++gave_up;
  }
  EXPECT(Idle(box.get()));
  EXPECT(got + gave_up == 200);
}

TEST(ATurnStaysWithTheThreadThatTookIt) {
  auto box = std::make_shared<Box>();
  EXPECT(box->Borrow(nullptr, 0));
  std::thread([&] {
    box->GiveBack();
    EXPECT(!box->Borrow(nullptr, 0));
  }).join();
  EXPECT(box->HasTurn());
  box->GiveBack();
  box->GiveBack();  // given back already: somebody else's by now, if anybody's
  EXPECT(Idle(box.get()));
}

}  // namespace
}  // namespace isolet::test
