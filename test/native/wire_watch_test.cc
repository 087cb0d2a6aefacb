// How a cell is looked at from outside: with what a kernel might say, and with what this one says of a process.
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "check.h"
#include "wire/cell_watch.h"
#include "wire/channel.h"

namespace isolet::test {
namespace {

using wire::CellEnd;
using wire::CellWatch;
using wire::ProcessFacts;
using wire::ProcessorAccount;
using wire::Pulse;
using State = ProcessFacts::Thread::State;
using Work = ProcessorAccount::Work;

constexpr int64_t kSecond = 1'000'000'000;
constexpr uint64_t kMegabyte = uint64_t{1} << 20;

ProcessFacts::Thread Thread(State state, int64_t used = 0) { return {state, used}; }

// Looks every half second until it is dead: how many seconds that took, or 100.
double SecondsUntilDead(Pulse& pulse, State state, int64_t used_each, int64_t every = Pulse::kEvery) {
  int64_t now = kSecond, used = 0;
  for (int i = 0; i < 200; ++i, now += every, used += used_each) {
    if (pulse.Look(now, true, Thread(state, used)) == Pulse::Answer::kDead) {
      return static_cast<double>(now - kSecond) / kSecond;
    }
  }
  return 100;
}

TEST(WhatSaysNothingIsAskedOnceAndDeadWhenItsTimeIsOver) {
  Pulse pulse(5 * kSecond);
  EXPECT(pulse.Look(0, true, std::nullopt) == Pulse::Answer::kAsk);
  for (int64_t at = 1; at < 10; ++at) EXPECT(pulse.Look(at * Pulse::kEvery, true, std::nullopt) == Pulse::Answer::kWell);
  EXPECT(pulse.Look(10 * Pulse::kEvery, true, std::nullopt) == Pulse::Answer::kDead);
}

TEST(WhatSaysSomethingOrIsAskedNothingIsWell) {
  Pulse pulse(kSecond);
  for (int64_t at = 0; at < 100; ++at) {
    if (at % 3 == 0) pulse.Heard();
    EXPECT(pulse.Look(at * Pulse::kEvery, at % 10 != 9, std::nullopt) != Pulse::Answer::kDead);
  }
}

TEST(AThreadThatWaitsForAProcessorOrForMemoryIsGivenTheTime) {
  Pulse busy(5 * kSecond), swapped(5 * kSecond), slow(5 * kSecond), stuck(5 * kSecond);
  EXPECT(SecondsUntilDead(busy, State::kReady, 0) == 100);
  EXPECT(SecondsUntilDead(swapped, State::kBlocked, 0) == 100);
  // A tenth of a processor, of which it makes nothing.
  const double seconds = SecondsUntilDead(slow, State::kReady, Pulse::kEvery / 10);
  EXPECT(seconds > 40 && seconds < 60);
  EXPECT(SecondsUntilDead(stuck, State::kReady, Pulse::kEvery) < 6);
}

TEST(TimeInWhichThisProcessWasAsleepIsNotCounted) {
  Pulse pulse(5 * kSecond);
  // An hour between two looks counts as one second.
  EXPECT(pulse.Look(0, true, Thread(State::kRests)) == Pulse::Answer::kAsk);
  for (int64_t hour = 1; hour < 5; ++hour) {
    EXPECT(pulse.Look(hour * 3600 * kSecond, true, Thread(State::kRests)) == Pulse::Answer::kWell);
  }
  EXPECT(pulse.Look(5 * 3600 * kSecond, true, Thread(State::kRests)) == Pulse::Answer::kDead);
}

TEST(WhatIsClaimedIsNotCharged) {
  ProcessorAccount account;
  EXPECT(account.Used(0, 0, Work::kAsked, 1));
  EXPECT(account.Used(20 * kSecond, 20 * kSecond, Work::kAsked, 1));
  EXPECT(account.Claimed(12 * kSecond) == 0);
  EXPECT(account.Used(21 * kSecond, 21 * kSecond, Work::kAnswered, 1));
  EXPECT(account.Claimed(0) == 0);
}

TEST(WhatIsNotClaimedIsChargedToWhoeverIsAnsweredNextAndOnce) {
  ProcessorAccount account;
  EXPECT(account.Used(0, 0, Work::kAsked, 1));
  EXPECT(account.Used(20 * kSecond, 20 * kSecond, Work::kAsked, 1));
  // A call is still open: there may be a claim to come.
  EXPECT(account.Claimed(0) == 0);
  EXPECT(account.Used(20 * kSecond, 21 * kSecond, Work::kAnswered, 1));
  EXPECT(account.Claimed(kSecond) == 20 * kSecond - 2 * kSecond - ProcessorAccount::kSlack);
  EXPECT(account.Claimed(kSecond) == 0);
}

TEST(WhatComputesUnaskedIsFoundOutAndWhatGuestsLeaveBehindIsNot) {
  ProcessorAccount modest, greedy;
  EXPECT(modest.Used(0, 0, Work::kNone, 2) && greedy.Used(0, 0, Work::kNone, 2));
  int64_t found = 0;
  for (int64_t second = 1; second <= 100; ++second) {
    EXPECT(modest.Used(second * kSecond / 2, second * kSecond, Work::kNone, 2));
    if (!greedy.Used(second * 2 * kSecond, second * kSecond, Work::kNone, 2) && found == 0) found = second;
  }
  EXPECT(found >= 9 && found <= 12);
}

// Says what it is told to.
struct Told {
  int64_t clock = 0;
  uint64_t memory = 10 * kMegabyte;
  ProcessFacts::Thread thread;
  int looks = 0;
};
class ToldFacts final : public ProcessFacts {
 public:
  explicit ToldFacts(Told* told) : told_(told) {}
  std::optional<int64_t> ProcessorTime() override { return told_->clock; }
  std::optional<uint64_t> Memory() override {
    ++told_->looks;
    return told_->memory;
  }
  std::optional<ProcessFacts::Thread> ChannelThread() override { return told_->thread; }
  bool AnyReady() override { return told_->thread.state == State::kReady; }

 private:
  Told* const told_;
};

TEST(MemoryBeyondTheBoundEndsTheCellWithItsNumbers) {
  Told told;
  CellWatch watch(std::make_unique<ToldFacts>(&told), 100 * kMegabyte, 5 * kSecond);
  told.clock = 1;
  told.memory = 110 * kMegabyte;
  EXPECT(!watch.At(kSecond, {true, false, 1, 1}).end && watch.memory() == 110 * kMegabyte);
  told.clock = 2;
  told.memory += 1;
  const CellWatch::Look look = watch.At(2 * kSecond, {true, false, 1, 1});
  EXPECT(look.end && look.end->cause == CellEnd::Cause::kMemory);
  EXPECT(look.end->limit == 110 * kMegabyte && look.end->used == 110 * kMegabyte + 1);
}

TEST(ItIsLookedAtMoreOftenTheNearerItIsToItsBound) {
  Told told;
  CellWatch watch(std::make_unique<ToldFacts>(&told), 1000 * kMegabyte, 5 * kSecond);
  int64_t before = INT64_MAX;
  for (uint64_t megabytes : {10, 700, 900, 1000}) {
    told.clock += 1;
    told.memory = megabytes * kMegabyte;
    const int64_t wait = watch.At(kSecond, {true, false, 1, 1}).next - kSecond;
    EXPECT(wait < before && wait >= kSecond / 100);
    before = wait;
  }
}

TEST(ACellThatRestsIsLookedAtSeldomAndOnlyAtItsClock) {
  Told told;
  CellWatch watch(std::make_unique<ToldFacts>(&told), 100 * kMegabyte, 5 * kSecond);
  int64_t now = kSecond;
  watch.At(now, {false, false, 0, 1});
  const int looks = told.looks;
  for (int i = 0; i < 10; ++i) {
    const CellWatch::Look look = watch.At(now, {false, false, 0, 1});
    EXPECT(!look.end && !look.ask && look.next - now >= kSecond);
    now = look.next;
  }
  EXPECT(told.looks == looks);
}

// Looks until it is ended for being late, for ten seconds at most: how many seconds that took.
double SecondsLate(Told& told, int64_t computed_each) {
  CellWatch watch(std::make_unique<ToldFacts>(&told), 0, 1000 * kSecond);
  int64_t now = kSecond;
  while (now < 11 * kSecond) {
    const CellWatch::Look look = watch.At(now, {true, true, 1, 1});
    if (look.end) return static_cast<double>(now - kSecond) / kSecond;
    told.clock += computed_each;
    now = look.next;
  }
  return 100;
}

TEST(WhatIsLateIsGivenTheTimeThatABusyMachineTookFromIt) {
  Told sleeps, computes, starves, is_slowed;
  for (Told* told : {&computes, &starves, &is_slowed}) told->thread.state = State::kReady;
  EXPECT(SecondsLate(sleeps, 0) < 1);
  EXPECT(SecondsLate(computes, kSecond / 10) < 1);
  EXPECT(SecondsLate(starves, 0) == 100);
  const double slowed = SecondsLate(is_slowed, kSecond / 100);
  EXPECT(slowed > 4 && slowed < 6);
}

TEST(WhatIsNotLateAnyMoreStartsAnew) {
  Told told;
  CellWatch watch(std::make_unique<ToldFacts>(&told), 0, 1000 * kSecond);
  int64_t now = kSecond;
  for (int i = 0; i < 50; ++i, now += kSecond / 10) EXPECT(!watch.At(now, {true, i % 4 != 3, 1, 1}).end);
}

// A process that does what it is told by a byte: 'm' takes 64 MB that can be shared, 'c' computes for ever.
class Child {
 public:
  Child() {
    EXPECT(pipe(orders_) == 0);
    pid = fork();
    if (pid == 0) Obey();
    close(orders_[0]);
  }
  ~Child() {
    kill(pid, SIGKILL);
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    close(orders_[1]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  void Tell(char order) { EXPECT(write(orders_[1], &order, 1) == 1); }

  pid_t pid;

 private:
  [[noreturn]] void Obey() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, wire::Channel::kThreadName);
    for (char order; read(orders_[0], &order, 1) == 1;) {
      if (order == 'm') {
        constexpr size_t kSize = 64 * kMegabyte;
        void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        std::memset(memory, 1, kSize);
      }
      while (order == 'c') getpid();
    }
    _exit(0);
  }

  int orders_[2] = {-1, -1};
};

TEST(TheKernelSaysWhatAProcessHasAndDoes) {
  Child child;
  std::unique_ptr<ProcessFacts> facts;
  // Its name comes a moment after it.
  EXPECT(Eventually([&] { return (facts = ProcessFacts::Of(child.pid)) && facts->ChannelThread(); }));
  EXPECT(Eventually([&] { return facts->ChannelThread()->state == State::kRests; }));
  const uint64_t memory = facts->Memory().value_or(0);
  const int64_t clock = facts->ProcessorTime().value_or(-1);
  EXPECT(memory > 0 && clock >= 0);
  child.Tell('m');
  EXPECT(Eventually([&] { return facts->Memory().value_or(0) >= memory + 64 * kMegabyte; }));
  child.Tell('c');
  EXPECT(Eventually([&] { return facts->ProcessorTime().value_or(0) > clock + kSecond / 10; }));
  EXPECT(facts->ChannelThread()->state == State::kReady && facts->ChannelThread()->processor_time > 0);
  EXPECT(facts->AnyReady());
  kill(child.pid, SIGSTOP);
  EXPECT(Eventually([&] { return facts->ChannelThread()->state == State::kRests && !facts->AnyReady(); }));
}

TEST(OfAProcessThatIsGoneNothingIsKnown) {
  std::unique_ptr<ProcessFacts> facts;
  {
    Child child;
    EXPECT(Eventually([&] { return (facts = ProcessFacts::Of(child.pid)) && facts->ChannelThread(); }));
  }
  EXPECT(!facts->Memory() && !facts->ProcessorTime() && !facts->ChannelThread());
  EXPECT(ProcessFacts::Of(0x7fff'fff0) == nullptr);
}

}  // namespace
}  // namespace isolet::test
