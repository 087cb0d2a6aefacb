// Guests in a cell as their host sees them, with both ends in this process.
#include "check.h"
#include "stand_in_stores.h"
#include "threads/burst.h"
#include "wire_ends.h"

namespace isolet::test {
namespace {

constexpr CallLimits kNoLimits;
constexpr wire::CellLink::Patience kShort = {50'000'000, 10'000'000'000};

std::shared_ptr<NotingHost> NewHost() { return std::make_shared<NotingHost>(); }

void Start(GuestPort& guest, uint64_t id, const std::string& code, CallLimits limits = {}) {
  guest.Start(id, CallKind::kEvalAsync, limits, Script(code));
}

Outcome Now(GuestPort& guest, const std::string& code, TestWaiter& waiter, CallLimits limits = {}, uint64_t id = 900,
            const std::shared_ptr<ReplySlot>& inside = nullptr, bool* leaves = nullptr) {
  bool ignored = false;
  return guest.RunNow(CallKind::kEval, id, limits, Script(code), waiter, inside, leaves == nullptr ? &ignored : leaves);
}

TEST(AGuestIsMadeInTheCellWithItsOptions) {
  Cell cell;
  GuestOptions options = SmallOptions();
  options.max_timers = 42;
  options.snapshot = std::make_shared<const std::vector<char>>(100'000, 's');
  std::shared_ptr<GuestPort> guest = cell.Make(NewHost(), options);
  EXPECT(guest != nullptr && guest->in_place() == nullptr);
  EXPECT(cell.inside().options().max_timers == 42);
  EXPECT(cell.inside().options().snapshot && *cell.inside().options().snapshot == *options.snapshot);
}

TEST(AGuestThatIsRefusedIsNone) {
  Cell cell;
  GuestOptions options = SmallOptions();
  options.max_timers = 99;
  EXPECT(cell.Make(NewHost(), options) == nullptr);
  EXPECT(cell.Make(NewHost()) != nullptr);
}

TEST(AsynchronousCallsAreAnsweredEachOnce) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  for (uint64_t id = 1; id <= 2000; ++id) Start(*guest, id, "echo " + std::to_string(id));
  for (uint64_t id = 1; id <= 2000; ++id) EXPECT(host->Answered(id));
  for (uint64_t id = 1; id <= 2000; ++id) EXPECT(host->TextOf(id) == std::to_string(id) && host->answers(id) == 1);
  EXPECT(guest->use().cpu == 10 && guest->numbers().heap.used == 1234);
}

TEST(CallsOfABurstGoInOrderAndALongOneHoldsNothingBack) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  uint64_t id = 0;
  for (int round = 0; round < 50; ++round) {
    // Both ends are awake: what may wait does.
    Start(*guest, ++id, "echo awake");
    EXPECT(host->Answered(id));
    const uint64_t first = id + 1;
    {
      Burst burst(round % 2 == 0);
      for (int i = 0; i < 40; ++i, ++id) Start(*guest, id + 1, "echo " + std::to_string(id + 1));
      if (round % 5 == 0) {
        for (uint64_t one = first; one <= id; ++one) EXPECT(host->Answered(one));
      }
    }
    for (uint64_t one = first; one <= id; ++one) EXPECT(host->Answered(one));
    for (uint64_t one = first; one <= id; ++one) EXPECT(host->TextOf(one) == std::to_string(one));
  }
}

TEST(ArgumentsAndLargeValuesCross) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  const std::string large(900'000, 'l');
  guest->Start(1, CallKind::kCallAsync, kNoLimits, std::make_unique<FormProgram>(CallForm{3, MessageOf(large)}));
  PlainCallForm plain{3, {}};
  plain.arguments.Add(value::Primitive{value::Primitive::Kind::kNumber, 7});
  guest->Start(2, CallKind::kCallAsync, kNoLimits, std::make_unique<FormProgram>(plain));
  EXPECT(host->Answered(1) && host->TextOf(1) == large);
  EXPECT(host->Answered(2));
}

TEST(TheHostsThreadWaitsForASynchronousCallAndServesMeanwhile) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  TestWaiter waiter;
  host->serve = [&](HostCall call) {
    waiter.Offer([&guest, call = std::make_shared<HostCall>(std::move(call))] {
      // From within, while the guest waits for this very answer.
      TestWaiter inner;
      HostReply reply{false, MessageOf("outside"), 0};
      Outcome nested = Now(*guest, "inside", inner, {}, 901, call->slot);
      reply.value = MessageOf(TextIn(nested));
      EXPECT(call->slot->Answer(&reply));
    });
  };
  EXPECT(TextIn(Now(*guest, "ask", waiter)) == "inside");
  bool leaves = false;
  EXPECT(TextIn(Now(*guest, "leaves", waiter, {}, 902, nullptr, &leaves)) == "now leaves" && leaves);
}

TEST(AModuleThatWaitsIsAnsweredAsACall) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  TestWaiter waiter;
  bool leaves = false;
  auto waits = std::make_shared<std::atomic<bool>>(false);
  Outcome outcome =
      guest->RunNow(CallKind::kEvalModule, 5, kNoLimits,
                    std::make_unique<FormProgram>(EvalModuleForm{5, "./x.js", waits}), waiter, nullptr, &leaves);
  EXPECT(IsValue(outcome) && waits->load());
  EXPECT(host->Answered(5) && host->TextOf(5) == "exports");
}

TEST(HostCallsThatWaitAndThatDoNotAreAnswered) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  Start(*guest, 1, "ask");
  EXPECT(Eventually([&] { return host->host_calls() == 1; }));
  HostCall call = host->TakeHostCall();
  EXPECT(call.slot && call.call_id == 1 && TextIn(call.arguments) == "arguments");
  HostReply reply{false, MessageOf("reply"), 0};
  call.open.reset();
  EXPECT(call.slot->Answer(&reply));
  EXPECT(!call.slot->Answer(&reply));
  EXPECT(host->Answered(1) && host->TextOf(1) == "reply");

  Start(*guest, 2, "later");
  EXPECT(Eventually([&] { return host->host_calls() == 1; }));
  HostCall later = host->TakeHostCall();
  EXPECT(!later.slot && later.promise_id != 0 && *cell.inside().open_calls == 1);
  later.open.reset();
  guest->SettleHostPromise(later.promise_id, {false, MessageOf("late"), 0});
  EXPECT(host->Answered(2) && host->TextOf(2) == "late");
  EXPECT(Eventually([&] { return host->taken == 1 && *cell.inside().open_calls == 0; }));
}

TEST(HandlesAndPromisesOfTheGuestAreGivenBackAndSettled) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  Start(*guest, 1, "give");
  EXPECT(host->Answered(1));
  Start(*guest, 2, "settle");
  EXPECT(host->Answered(2) && host->promises(1) == 1);
  guest->LetGo(value::HandleKind::kGuestFunction, 1, 1);
  EXPECT(Eventually([&] { return cell.inside().let_go(1) == 1; }));
}

TEST(LinesOfTheConsoleComeBeforeTheAnswer) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  Start(*guest, 1, "log hello");
  EXPECT(host->Answered(1));
  std::optional<ConsoleItem> item = guest->NextLine();
  EXPECT(item && TextIn(std::get<ConsoleLine>(*item).arguments) == "hello" && host->news == 1);
  EXPECT(!guest->NextLine());
}

TEST(WhatIsAskedBesideCallsArrives) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  guest->AddModule("./m.js", {ModuleType::kJs, "1"});
  guest->RequestCollection();
  EXPECT(!guest->RunWhenFree(Script("x"), kNoLimits));
  EXPECT(Eventually([&] { return cell.inside().has_module("./m.js") && cell.inside().collections == 1; }));
  EXPECT(Eventually([&] { return cell.inside().deferred == 1; }));
}

TEST(AnAbortedCallIsAnsweredAtOnceAndOnlyOnce) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  Start(*guest, 1, "wait");
  EXPECT(guest->Cancel(1, true) == Cancelled::kGoesOn);
  EXPECT(guest->Cancel(1, false) == Cancelled::kRunning);
  EXPECT(host->ReasonOf(1) == StopReason::kAborted);
  EXPECT(guest->Cancel(1, false) == Cancelled::kSettled);
  // What the cell says of it is dropped.
  Start(*guest, 2, "echo x");
  EXPECT(host->Answered(2) && host->answers(1) == 1 && cell.owner->times == 0);
}

TEST(TerminatingAnswersEverybodyAndEndsTheGuest) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  Start(*guest, 1, "wait");
  guest->Terminate("enough");
  EXPECT(host->ReasonOf(1) == StopReason::kTerminated && host->ended == 1);
  EXPECT(guest->state() == GuestPort::State::kTerminated && guest->final_stop()->detail == "enough");
  Start(*guest, 2, "echo x");
  EXPECT(host->ReasonOf(2) == StopReason::kTerminated);
  EXPECT(Eventually([&] { return host->gone == 1; }));
  EXPECT(guest->gone() && cell.owner->times == 0 && host->ended == 1);
}

TEST(ClosingEndsASynchronousCallThatIsInside) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  TestWaiter waiter;
  std::thread closer([&] {
    SleepMs(20);
    guest->Close();
  });
  EXPECT(ReasonIn(Now(*guest, "hang", waiter)) == StopReason::kClosed);
  closer.join();
  EXPECT(Eventually([&] { return guest->state() == GuestPort::State::kClosed; }));
}

TEST(GuestsOfOneCellEndByThemselves) {
  Cell cell;
  auto first_host = NewHost(), second_host = NewHost();
  auto first = cell.Make(first_host), second = cell.Make(second_host);
  first->Close();
  EXPECT(Eventually([&] { return first->gone(); }));
  Start(*second, 1, "echo still");
  EXPECT(second_host->Answered(1) && second_host->TextOf(1) == "still");
}

TEST(ACellThatDiesAnswersEveryCallOnce) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  host->serve = nullptr;
  for (uint64_t id = 1; id <= 50; ++id) Start(*guest, id, "wait");
  Start(*guest, 51, "ask");
  EXPECT(Eventually([&] { return host->host_calls() == 1; }));
  HostCall call = host->TakeHostCall();
  TestWaiter waiter;
  std::thread killer([&] {
    SleepMs(20);
    shutdown(cell.other, SHUT_RDWR);
  });
  EXPECT(ReasonIn(Now(*guest, "hang", waiter)) == StopReason::kCellDied);
  killer.join();
  for (uint64_t id = 1; id <= 51; ++id) {
    EXPECT(host->Answered(id) && host->answers(id) == 1 && host->ReasonOf(id) == StopReason::kCellDied);
  }
  EXPECT(Eventually([&] { return host->gone == 1; }));
  EXPECT(host->ended == 1 && cell.owner->times == 1 && !cell.owner->misbehaved());
  HostReply reply;
  EXPECT(!call.slot->Answer(&reply));
  Start(*guest, 60, "echo x");
  EXPECT(host->ReasonOf(60) == StopReason::kCellDied);
  EXPECT(guest->state() == GuestPort::State::kTerminated && guest->gone());
  EXPECT(cell.Make(NewHost()) == nullptr);
}

TEST(ACallThatIsNotAnsweredInTimeEndsTheCell) {
  Cell cell(kShort);
  auto host = NewHost();
  auto guest = cell.Make(host);
  Start(*guest, 1, "wait");
  Start(*guest, 2, "wait", {20, 0});
  EXPECT(host->Answered(2) && host->ReasonOf(2) == StopReason::kWallTimeout);
  EXPECT(host->Answered(1) && host->ReasonOf(1) == StopReason::kCellDied);
  EXPECT(cell.owner->times == 1 && cell.owner->misbehaved());
}

TEST(ASynchronousCallThatIsNotAnsweredInTimeEndsTheCell) {
  Cell cell(kShort);
  auto host = NewHost();
  auto guest = cell.Make(host);
  TestWaiter waiter;
  EXPECT(ReasonIn(Now(*guest, "hang", waiter, {20, 0})) == StopReason::kWallTimeout);
  EXPECT(Eventually([&] { return cell.owner->misbehaved(); }));
}

TEST(ACellWhoseCallTakesLongSaysThatItIsThere) {
  wire::CellLink::Patience patience;
  patience.silence = 4'000'000'000;
  Cell cell(patience);
  auto host = NewHost();
  auto guest = cell.Make(host);
  Start(*guest, 1, "wait");
  SleepMs(6000);
  EXPECT(cell.owner->times == 0 && host->answers(1) == 0);
}

TEST(AnAbortThatTheCellIgnoresEndsIt) {
  Cell cell(kShort);
  auto host = NewHost();
  auto guest = cell.Make(host);
  Start(*guest, 1, "silent");
  Start(*guest, 2, "wait");
  guest->Cancel(1, false);
  EXPECT(host->ReasonOf(1) == StopReason::kAborted);
  EXPECT(host->Answered(2) && host->ReasonOf(2) == StopReason::kCellDied && host->answers(1) == 1);
}

TEST(WhatTheHostHasNotReadStaysCountedInTheCell) {
  Cell cell;
  auto host = NewHost();
  auto guest = cell.Make(host);
  host->keeps_unread = true;
  for (uint64_t id = 1; id <= 100; ++id) Start(*guest, id, "count");
  EXPECT(host->Answered(100));
  EXPECT(*cell.inside().unread == 100'000);
  host->ReadAll();
  EXPECT(Eventually([&] { return *cell.inside().unread < 50'000; }));
  // The rest goes with the next frame.
  Start(*guest, 101, "echo x");
  EXPECT(host->Answered(101) && *cell.inside().unread == 0);
}

TEST(ManyGuestsAndThreadsAtOnce) {
  Cell cell;
  constexpr int kGuests = 4;
  std::vector<std::shared_ptr<NotingHost>> hosts;
  std::vector<std::shared_ptr<GuestPort>> guests;
  for (int i = 0; i < kGuests; ++i) {
    hosts.push_back(NewHost());
    guests.push_back(cell.Make(hosts.back()));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kGuests; ++i) {
    threads.emplace_back([&, i] {
      TestWaiter waiter;
      for (uint64_t id = 1; id <= 200; ++id) {
        Start(*guests[i], id, id % 3 == 0 ? "count" : "log x");
        if (id % 20 == 0) EXPECT(TextIn(Now(*guests[i], "y", waiter)) == "now y");
        while (guests[i]->NextLine()) continue;
      }
      for (uint64_t id = 1; id <= 200; ++id) EXPECT(hosts[i]->Answered(id) && hosts[i]->answers(id) == 1);
      guests[i]->Close();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kGuests; ++i) EXPECT(Eventually([&] { return guests[i]->gone(); }));
  EXPECT(cell.owner->times == 0);
}

}  // namespace
}  // namespace isolet::test
