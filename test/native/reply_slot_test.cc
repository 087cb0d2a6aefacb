#include "calls/reply_slot.h"

#include <atomic>
#include <thread>

#include "check.h"

namespace isolet::test {
namespace {

HostReply Reply(uint64_t error) {
  HostReply reply;
  reply.host_error = error;
  return reply;
}

bool Answer(ReplySlot* slot, uint64_t error) {
  HostReply reply = Reply(error);
  return slot->Answer(&reply);
}

TEST(AnAnswerWakesTheWaitingThread) {
  ReplySlot slot;
  std::thread host([&] {
    SleepMs(5);
    EXPECT(Answer(&slot, 7));
  });
  auto got = slot.Wait();
  host.join();
  EXPECT(std::holds_alternative<HostReply>(got) && std::get<HostReply>(got).host_error == 7);
}

TEST(WorkThatIsOfferedIsDoneBeforeTheAnswerIsTaken) {
  ReplySlot slot;
  EXPECT(slot.Offer([](const IsolateLock&) {}));
  EXPECT(Answer(&slot, 1));
  EXPECT(std::holds_alternative<ReplySlot::Job>(slot.Wait()));
  EXPECT(std::holds_alternative<HostReply>(slot.Wait()));
}

TEST(NothingIsOfferedAfterTheAnswer) {
  ReplySlot slot;
  EXPECT(Answer(&slot, 1));
  EXPECT(!slot.Offer([](const IsolateLock&) {}));
}

TEST(AnInterruptedWaitTakesNoAnswerAnyMore) {
  ReplySlot slot;
  std::thread watchdog([&] {
    SleepMs(5);
    slot.Interrupt();
  });
  EXPECT(std::holds_alternative<ReplySlot::Interrupted>(slot.Wait()));
  watchdog.join();
  HostReply late = Reply(9);
  EXPECT(!slot.Answer(&late));
  // The caller keeps what it brought.
  EXPECT(late.host_error == 9);
  EXPECT(!slot.Offer([](const IsolateLock&) {}));
}

TEST(AnAnswerThatIsThereCountsBeforeAnInterrupt) {
  ReplySlot slot;
  EXPECT(Answer(&slot, 3));
  slot.Interrupt();
  EXPECT(std::holds_alternative<HostReply>(slot.Wait()));
}

TEST(WaitingForAMomentEnds) {
  ReplySlot slot;
  EXPECT(!slot.AwaitAnswer(1'000'000));
  EXPECT(!Answer(&slot, 1));
  ReplySlot quick;
  EXPECT(Answer(&quick, 2));
  EXPECT(quick.AwaitAnswer(int64_t{3600} * 1'000'000'000).has_value());
}

TEST(AnswerAndInterruptRaceAndOneWins) {
  for (int i = 0; i < 500; ++i) {
    ReplySlot slot;
    std::atomic<bool> accepted{false};
    std::thread host([&] { accepted = Answer(&slot, 1); });
    std::thread watchdog([&] { slot.Interrupt(); });
    const bool answered = std::holds_alternative<HostReply>(slot.Wait());
    host.join();
    watchdog.join();
    EXPECT(answered == accepted);
  }
}

}  // namespace
}  // namespace isolet::test
