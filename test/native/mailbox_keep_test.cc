// What a turn held stays on the thread that had it, and nobody gets the turn before that thread has let go.
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "mailbox_box.h"

namespace isolet::test {
namespace {

// Holds something of the thread that has its turn. Not synchronised on purpose: what another thread finds here, or lets
// go, is a data race the sanitizer sees, or a wrong count.
class HeldBox final : public Mailbox<Task>, public std::enable_shared_from_this<HeldBox> {
 public:
  void PostRun(std::function<void()> run, Urgency urgency = Urgency::kNormal) {
    Post(std::make_unique<Task>(std::move(run)), urgency);
  }
  // Whoever has the turn.
  void Hold() {
    if (held_by_ != 0 && held_by_ != ThreadNumber()) wrong.fetch_add(1);
    if (held_by_ == 0) taken.fetch_add(1);
    held_by_ = ThreadNumber();
    number.store(held_by_);
  }

  std::atomic<int> taken{0};
  std::atomic<int> left{0};
  std::atomic<int> wrong{0};
  std::atomic<uint64_t> number{0};  // of the thread that had it last
  int64_t count = 0;                // whoever has the turn

 protected:
  void RunBatch(Batch& batch) override {
    Hold();
    for (std::unique_ptr<Task>& task : batch) task->run();
  }
  bool MayStay() const override { return held_by_ != 0; }
  void LeaveThread() override {
    if (held_by_ == 0) return;
    if (held_by_ != ThreadNumber()) wrong.fetch_add(1);
    held_by_ = 0;
    left.fetch_add(1);
  }
  std::shared_ptr<Runnable> Self() override { return shared_from_this(); }

 private:
  uint64_t held_by_ = 0;
};

void RunOne(const std::shared_ptr<HeldBox>& box) {
  auto ran = std::make_shared<std::atomic<bool>>(false);
  box->PostRun([ran] { ran->store(true); });
  EXPECT(Eventually([&] { return ran->load(); }));
}

// Whether it is kept shows in a pause: nobody has let go.
bool Kept(const HeldBox& box) { return box.taken.load() == box.left.load() + 1; }

TEST(AWorkerKeepsWhatATurnHeldAlsoAsleep) {
  auto box = std::make_shared<HeldBox>();
  for (int i = 0; i < 3; ++i) {
    RunOne(box);
    SleepMs(20);
  }
  EXPECT(box->taken.load() == 1);
  EXPECT(Kept(*box));
}

TEST(WhoeverBorrowsGetsTheTurnAfterTheWorkerHasLetGo) {
  auto box = std::make_shared<HeldBox>();
  RunOne(box);
  SleepMs(20);
  EXPECT(Kept(*box));
  EXPECT(!box->Borrow(nullptr, 0));
  Waiter waiter;
  EXPECT(box->Borrow(&waiter, Soon()));
  EXPECT(box->left.load() == 1);
  box->Hold();
  box->GiveBack();
  EXPECT(box->left.load() == 2);
  EXPECT(box->wrong.load() == 0);
}

TEST(ALookNeedsNoTurn) {
  auto box = std::make_shared<HeldBox>();
  RunOne(box);
  SleepMs(20);
  bool looked = false;
  EXPECT(box->LookIfIdle([&] { looked = true; }));
  EXPECT(looked);
  EXPECT(Kept(*box));
  auto door = std::make_shared<Door>();
  auto inside = std::make_shared<std::atomic<bool>>(false);
  box->PostRun([=] {
    inside->store(true);
    door->Pass();
  });
  EXPECT(Eventually([&] { return inside->load(); }));
  EXPECT(!box->LookIfIdle([] {}));
  door->Open();
}

TEST(AWorkerLetsGoBeforeItRunsSomethingElse) {
  auto box = std::make_shared<HeldBox>();
  RunOne(box);
  Crowd crowd;
  EXPECT(crowd.complete());
  EXPECT(box->left.load() == box->taken.load());
}

// Its keeper is busy with something else: another worker gets it, and the task that came meanwhile.
TEST(WhatComesWhileTheKeeperGoesToSomethingElseIsRun) {
  for (int i = 0; i < 200; ++i) {
    auto box = std::make_shared<HeldBox>();
    RunOne(box);
    auto door = std::make_shared<Door>();
    Schedule([door] { door->Pass(); });
    RunOne(box);
    door->Open();
    EXPECT(box->wrong.load() == 0);
  }
}

// A thread that keeps for itself, as that of an environment does.
class OwnKeeper final : public Keeper {
 public:
  bool Wanted(Urgency) override {
    if (ThreadNumber() == thread_) return true;
    wanted.store(true);
    return false;
  }
  std::atomic<bool> wanted{false};

 private:
  const uint64_t thread_ = ThreadNumber();
};

class KeepingWaiter final : public TurnWaiter {
 public:
  explicit KeepingWaiter(OwnKeeper& keeper) : keeper_(keeper) {}
  bool Wait(int64_t deadline) override { return waiter_.Wait(deadline); }
  void Wake() override { waiter_.Wake(); }
  Keeper* keeper() override { return &keeper_; }

 private:
  OwnKeeper& keeper_;
  Waiter waiter_;
};

void RunHere(const std::shared_ptr<HeldBox>& box, OwnKeeper& keeper) {
  KeepingWaiter waiter(keeper);
  keeper.Begin(*box);
  EXPECT(box->Borrow(nullptr, 0, &keeper) || box->Borrow(&waiter, Soon()));
  box->Hold();
  ++box->count;
  keeper.Begin(*box);
  box->GiveBack(&keeper);
  keeper.End();
}

TEST(AThreadOfItsOwnKeepsOneThingUntilItRunsAnother) {
  OwnKeeper keeper;
  auto first = std::make_shared<HeldBox>(), second = std::make_shared<HeldBox>();
  for (int i = 0; i < 3; ++i) RunHere(first, keeper);
  EXPECT(first->taken.load() == 1);
  EXPECT(Kept(*first));
  RunHere(second, keeper);
  EXPECT(first->left.load() == 1);
  EXPECT(Kept(*second));
  keeper.Quit();
  EXPECT(second->left.load() == 1);
}

TEST(WhatItPostsItselfMakesItLetGoAtOnce) {
  OwnKeeper keeper;
  auto box = std::make_shared<HeldBox>();
  RunHere(box, keeper);
  RunOne(box);
  EXPECT(box->wrong.load() == 0);
  EXPECT(box->number.load() != ThreadNumber());
  EXPECT(!keeper.wanted.load());
}

TEST(WhatOthersPostWaitsUntilItLetsGo) {
  OwnKeeper keeper;
  auto box = std::make_shared<HeldBox>();
  RunHere(box, keeper);
  auto ran = std::make_shared<std::atomic<bool>>(false);
  std::thread([&] { box->PostRun([ran] { ran->store(true); }); }).join();
  EXPECT(keeper.wanted.load());
  SleepMs(20);
  EXPECT(!ran->load());
  keeper.Quit();
  EXPECT(Eventually([&] { return ran->load(); }));
  EXPECT(box->wrong.load() == 0);
}

TEST(AnotherGuestWithinATurnIsLetGoBeforeTheOuterOneIsKept) {
  OwnKeeper keeper;
  auto outer = std::make_shared<HeldBox>(), inner = std::make_shared<HeldBox>();
  keeper.Begin(*outer);
  EXPECT(outer->Borrow(nullptr, 0, &keeper));
  outer->Hold();
  RunHere(inner, keeper);
  keeper.Begin(*outer);
  outer->GiveBack(&keeper);
  keeper.End();
  EXPECT(Kept(*outer));
  EXPECT(inner->left.load() == 1);
  RunOne(inner);
  keeper.Quit();
}

TEST(WhatIsKeptIsFreedWhenItEnds) {
  auto box = std::make_shared<HeldBox>();
  std::weak_ptr<HeldBox> watch = box;
  RunOne(box);
  box.reset();
  Crowd crowd;
  EXPECT(Eventually([&] { return watch.expired(); }));
}

TEST(ManyThreadsAndManyBoxesNeverMeet) {
  constexpr int kBoxes = 5, kThreads = 4, kEach = 400;
  std::array<std::shared_ptr<HeldBox>, kBoxes> boxes;
  for (auto& box : boxes) box = std::make_shared<HeldBox>();
  auto ran = std::make_shared<std::atomic<int>>(0);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      OwnKeeper keeper;
      for (int n = 0; n < kEach; ++n) {
        const auto& box = boxes[static_cast<size_t>(n * (t + 1) + t) % kBoxes];
        if ((n + t) % 3 == 0) {
          RunHere(box, keeper);
          ran->fetch_add(1);
        } else {
          HeldBox* raw = box.get();
          box->PostRun([ran, raw] {
            ++raw->count;
            ran->fetch_add(1);
          });
        }
        if (keeper.wanted.exchange(false)) keeper.Quit();
      }
      keeper.Quit();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT(Eventually([&] { return ran->load() == kThreads * kEach; }));
  for (const auto& box : boxes) EXPECT(box->wrong.load() == 0);
}

}  // namespace
}  // namespace isolet::test
