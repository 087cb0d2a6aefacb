// A cell that lies: its end is written by hand. Whatever it says, each call of the host is answered once, the owner
// hears once that the cell misbehaves, and nothing reaches the host that it did not ask for.
#include "check.h"
#include "stand_in_stores.h"
#include "wire_liar.h"

namespace isolet::test {
namespace {

using wire::FromCell;

constexpr uint64_t kPromise = uint64_t{1} << 52;

value::Message WithHandle(value::HandleKind kind, uint64_t id) {
  value::Message message = MessageOf("m");
  message.handles.push_back({kind, 0, id, "", 0});
  return message;
}

TEST(GarbageEndsTheCell) {
  Liar liar;
  liar.Start(1);
  const uint8_t garbage[] = {9, 0, 0, 0, 1, 200, 255, 255, 255, 255, 255, 1, 2};
  liar.SayBytes(garbage, sizeof(garbage));
  EXPECT(liar.host->Answered(1) && liar.host->ReasonOf(1) == StopReason::kCellDied);
  liar.IsFoundOut();
}

TEST(ALengthBeyondTheBoundEndsTheCellBeforeAnythingIsMadeOfIt) {
  Liar liar;
  const uint32_t length = 0xffff'ff00;
  liar.SayBytes(&length, sizeof(length));
  liar.IsFoundOut();
}

TEST(AFrameOfAGuestThatIsNotThereEndsTheCell) {
  for (uint64_t id : {0, 2, 77}) {
    Liar liar;
    liar.Say(wire::GuestGone{}, id);
    liar.IsFoundOut();
  }
}

TEST(APongThatNobodyAskedForEndsTheCell) {
  Liar liar;
  liar.Say(wire::Pong{1000}, 0);
  liar.IsFoundOut();
}

TEST(AnAnswerWithoutACallEndsTheCell) {
  Liar liar;
  liar.Answer(5);
  liar.IsFoundOut();
  EXPECT(liar.host->answers(5) == 0);
}

TEST(ASecondAnswerEndsTheCell) {
  Liar liar;
  liar.Start(1);
  liar.Answer(1);
  liar.Answer(1);
  liar.IsFoundOut();
  EXPECT(liar.host->answers(1) == 1 && liar.host->TextOf(1) == "answer");
}

TEST(AnAnswerOfACallThatWasAbortedIsDroppedOnce) {
  Liar liar;
  liar.Start(1);
  liar.guest->Cancel(1, false);
  liar.Answer(1);
  liar.IsBelieved();
  EXPECT(liar.host->answers(1) == 1);
  liar.Answer(1);
  liar.IsFoundOut();
}

TEST(ACallOfAnotherGuestIsNotThere) {
  Liar liar;
  auto other_host = std::make_shared<NotingHost>();
  std::thread answer([&] { liar.SayCreated(2); });
  auto other = liar.Make(other_host);
  answer.join();
  other->Start(7, CallKind::kEvalAsync, {}, Script("x"));
  liar.Answer(7);
  liar.IsFoundOut();
  EXPECT(other_host->Answered(7) && other_host->ReasonOf(7) == StopReason::kCellDied && liar.host->answers(7) == 0);
}

TEST(FunctionsOfTheHostAreThoseThatWereSentToThatGuest) {
  {
    Liar liar;
    liar.Give(1, 5);
    liar.Answer(1, WithHandle(value::HandleKind::kHostFunction, 5));
    liar.IsBelieved();
    liar.Say(wire::ReleasedExport{5, 1});
    liar.IsBelieved();
    EXPECT(liar.host->released(5) == 1);
    // Given back twice.
    liar.Say(wire::ReleasedExport{5, 1});
    liar.IsFoundOut();
    EXPECT(liar.host->released(5) == 1);
  }
  for (uint64_t count : {0, 2}) {
    Liar liar;
    liar.Give(1, 5);
    liar.Say(wire::ReleasedExport{5, count});
    liar.IsFoundOut();
    EXPECT(liar.host->released(5) == 0);
  }
  {
    Liar liar;
    liar.Start(1);
    liar.Answer(1, WithHandle(value::HandleKind::kHostFunction, 6));
    liar.IsFoundOut();
  }
  {
    Liar liar;
    liar.Say(wire::AskedHost{9, 0, HostCallMode::kSync, 1, 0, MessageOf("x")});
    liar.IsFoundOut();
    EXPECT(liar.host->host_calls() == 0);
  }
}

TEST(ErrorsOfTheHostAreThoseThatItNamed) {
  Liar liar;
  liar.Start(1);
  liar.Answer(1, WithHandle(value::HandleKind::kHostError, 3));
  liar.IsFoundOut();
}

TEST(APromiseOfTheGuestCrossesOnceAndSettlesOnce) {
  Liar liar;
  liar.Start(1);
  liar.Answer(1, WithHandle(value::HandleKind::kGuestPromise, 4));
  EXPECT(liar.host->Answered(1));
  liar.Say(wire::SettledPromise{4, false, MessageOf("x")});
  liar.IsBelieved();
  EXPECT(liar.host->promises(4) == 1);
  liar.Say(wire::SettledPromise{4, false, MessageOf("x")});
  liar.Start(2);
  liar.Answer(2, WithHandle(value::HandleKind::kGuestPromise, 5));
  liar.Start(3);
  liar.Answer(3, WithHandle(value::HandleKind::kGuestPromise, 5));
  liar.IsFoundOut();
  EXPECT(liar.host->promises(4) == 1);
}

TEST(MoreHandlesThanTheGuestMayHaveThereEndTheCell) {
  Liar liar;
  value::Message message = MessageOf("m");
  for (uint64_t id = 1; id <= 101; ++id) message.handles.push_back({value::HandleKind::kGuestFunction, 0, id, "", 0});
  liar.Start(1);
  liar.Answer(1, std::move(message));
  liar.IsFoundOut();
  EXPECT(liar.host->ReasonOf(1) == StopReason::kCellDied);
}

TEST(PromisesThatNobodyKnowsAreDroppedUntilTheyAreAFlood) {
  Liar liar;
  const wire::Frame frame = [] {
    FromCell message = wire::SettledPromise{1, false, MessageOf("x")};
    return wire::Write(1, message);
  }();
  for (int i = 0; i < 100'000 && liar.owner->times == 0; ++i) liar.SayBytes(frame.data(), frame.size());
  liar.IsFoundOut();
  EXPECT(liar.host->promises(1) == 0);
}

TEST(HostCallsAreOneForEachIdAndNeitherTooManyNorTooLarge) {
  {
    Liar liar;
    liar.Say(wire::AskedHost{1, 0, HostCallMode::kAsync, 0, kPromise, MessageOf("x")});
    liar.Say(wire::AskedHost{1, 0, HostCallMode::kAsync, 0, kPromise, MessageOf("x")});
    liar.IsFoundOut();
    EXPECT(liar.host->host_calls() == 1);
  }
  {
    Liar liar;
    // A promise of the host's own.
    liar.Say(wire::AskedHost{1, 0, HostCallMode::kAsync, 0, 3, MessageOf("x")});
    liar.IsFoundOut();
  }
  {
    Liar liar;
    for (uint64_t i = 0; i < 10'000 && liar.owner->times == 0; ++i) {
      liar.Say(wire::AskedHost{1, 0, HostCallMode::kAsync, 0, kPromise + i, MessageOf("x")});
    }
    liar.IsFoundOut();
    EXPECT(liar.host->host_calls() < 9000);
  }
  {
    Liar liar;
    const std::string large(1 << 20, 'x');
    for (uint64_t i = 0; i < 200 && liar.owner->times == 0; ++i) {
      liar.Say(wire::AskedHost{1, 0, HostCallMode::kAsync, 0, kPromise + i, MessageOf(large)});
    }
    liar.IsFoundOut();
    EXPECT(liar.host->host_calls() < 100);
  }
}

TEST(AGuestThatWasStoppedCallsNobody) {
  Liar liar;
  liar.guest->Terminate("enough");
  liar.Say(wire::AskedHost{1, 0, HostCallMode::kSync, 1, 0, MessageOf("x")});
  liar.Say(wire::AskedHost{1, 0, HostCallMode::kAsync, 0, kPromise, MessageOf("x")});
  liar.Say(Ended{Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "enough"}});
  liar.Say(wire::GuestGone{});
  EXPECT(Eventually([&] { return liar.host->gone == 1; }));
  EXPECT(liar.host->host_calls() == 0 && liar.host->ended == 1 && liar.owner->times == 0);
}

TEST(AnswersThatTheHostHasNotReadAreBounded) {
  Liar liar;
  liar.host->keeps_unread = true;
  for (uint64_t id = 1; id <= 100; ++id) liar.Start(id);
  const std::string large(1 << 20, 'x');
  for (uint64_t id = 1; id <= 100 && liar.owner->times == 0; ++id) liar.Answer(id, MessageOf(large));
  liar.IsFoundOut();
  for (uint64_t id = 1; id <= 100; ++id) EXPECT(liar.host->answers(id) == 1);
}

TEST(EventsThatTheHostHasNotReadAreBounded) {
  Liar liar;
  for (int i = 0; i < 2000 && liar.owner->times == 0; ++i) liar.Say(UnhandledRejection{5, Stop{}, 0});
  liar.IsFoundOut();
}

TEST(LinesOfTheConsoleAreDroppedAndCounted) {
  Liar liar;
  for (int i = 0; i < 5000; ++i) {
    ConsoleLine line;
    line.arguments = MessageOf("x");
    liar.Say(std::move(line));
  }
  liar.IsBelieved();
  uint64_t lines = 0, dropped = 0;
  while (std::optional<ConsoleItem> item = liar.guest->NextLine()) {
    if (auto* gone = std::get_if<ConsoleDropped>(&*item)) dropped += gone->lines;
    else ++lines;
  }
  EXPECT(lines == ConsoleLines::kMaxLines && lines + dropped == 5000);
}

TEST(WhatIsSaidOnceIsNotSaidTwice) {
  for (int which = 0; which < 4; ++which) {
    Liar liar;
    for (int i = 0; i < 2; ++i) {
      switch (which) {
        case 0:
          liar.Say(Ended{Stop{StopReason::kHeapLimit, 1, 2, Phase::kSync, ""}});
          break;
        case 1:
          liar.Say(Fatal{"lost"});
          break;
        case 2:
          liar.Say(wire::GuestGone{});
          break;
        default:
          liar.Say(wire::TookPromise{});
      }
    }
    EXPECT(Eventually([&] { return liar.owner->times == 1; }));
    EXPECT(liar.owner->misbehaved());
    EXPECT(Eventually([&] { return liar.host->gone == 1; }) && liar.host->ended == 1);
  }
}

TEST(AnswersToWhatWasNeverAskedEndTheCell) {
  for (int which = 0; which < 4; ++which) {
    Liar liar;
    if (which == 0) liar.Say(wire::RanNow{1, false, false, {}, MessageOf("x")});
    if (which == 1) liar.Say(wire::WasCancelled{1, Cancelled::kRunning});
    if (which == 2) liar.Say(wire::Numbers{1, {}});
    if (which == 3) liar.Say(wire::FreeRan{});
    liar.IsFoundOut();
  }
}

TEST(AGuestThatEndsWithoutAnsweringIsAnsweredForHere) {
  Liar liar;
  liar.Start(1);
  liar.Say(Ended{Stop{StopReason::kHeapLimit, 1, 2, Phase::kSync, ""}});
  EXPECT(liar.host->Answered(1) && liar.host->ReasonOf(1) == StopReason::kHeapLimit);
  liar.Say(wire::GuestGone{});
  EXPECT(Eventually([&] { return liar.host->gone == 1; }));
  EXPECT(liar.owner->times == 0);
}

TEST(AGuestThatIsNotLetGoIsGoneForItsHostAfterAWhile) {
  constexpr int64_t kSecond = 1'000'000'000;
  Liar liar(SmallOptions(), {2 * kSecond, 2 * kSecond});
  liar.guest->Close();
  EXPECT(Eventually([&] { return liar.host->gone == 1; }));
  EXPECT(liar.guest->state() == GuestPort::State::kClosed && liar.owner->times == 0);
  liar.Say(wire::GuestGone{});
  liar.Say(wire::GuestGone{});
  EXPECT(Eventually([&] { return liar.owner->times == 1; }) && liar.owner->misbehaved());
  EXPECT(liar.host->gone == 1);
}

TEST(ACellThatDoesNotReadIsRefusedCallsAndThenEnded) {
  Liar liar;
  const std::string large(1 << 20, 'x');
  uint64_t id = 1;
  for (; id <= 200; ++id) {
    liar.guest->Start(id, CallKind::kEvalAsync, {}, Script(large));
    if (liar.host->answers(id) > 0) break;
  }
  EXPECT(id < 200 && liar.owner->times == 0);
  liar.guest->SettleHostPromise(1, {});
  liar.IsFoundOut();
}

TEST(AGuestThatCantBeMadeIsNoneAndBringsNoValues) {
  HostEnd end;
  auto host = std::make_shared<NotingHost>();
  std::thread answer([&] {
    char asked[4096];
    EXPECT(recv(end.other, asked, sizeof(asked), 0) > 0);
    FromCell message = wire::CreateFailed{WithHandle(value::HandleKind::kGuestFunction, 1)};
    const wire::Frame frame = wire::Write(1, message);
    EXPECT(send(end.other, frame.data(), frame.size(), MSG_NOSIGNAL) > 0);
  });
  EXPECT(end.Make(host) == nullptr);
  answer.join();
  EXPECT(Eventually([&] { return end.owner->misbehaved(); }));
  close(end.other);
}

}  // namespace
}  // namespace isolet::test
