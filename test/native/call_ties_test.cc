#include <utility>
#include <vector>

#include "calls/no_host.h"
#include "calls/ties.h"
#include "check.h"

namespace isolet::test {
namespace {

// Notes which calls it may forget.
class Listener final : public NoHost {
 public:
  void PostEvent(GuestEvent event) override { forgotten.push_back(std::get<CallForgotten>(event).call_id); }

  std::vector<uint64_t> forgotten;
};

TEST(ACallThatLeavesNothingIsNotHeld) {
  CallTies ties;
  Listener host;
  { CallTie tie(ties, 1); }
  EXPECT(!ties.Hold(1, false));
  ties.Settle(host);
  EXPECT(host.forgotten.empty());
}

TEST(AHeldCallIsForgottenWithItsLastTie) {
  CallTies ties;
  Listener host;
  CallTie first(ties, 1);
  {
    CallTie second(ties, 1);
    EXPECT(ties.Hold(1, false));
  }
  ties.Settle(host);
  EXPECT(host.forgotten.empty());
  first = CallTie();
  ties.Settle(host);
  EXPECT(host.forgotten == std::vector<uint64_t>{1});
  ties.Settle(host);
  EXPECT(host.forgotten.size() == 1);
}

TEST(WhatEndsAndBeginsAgainBeforeTheTurnIsOverStaysHeld) {
  CallTies ties;
  Listener host;
  CallTie interval(ties, 1);
  EXPECT(ties.Hold(1, false));
  interval = CallTie();
  CallTie next(ties, 1);
  ties.Settle(host);
  EXPECT(host.forgotten.empty());
  next = CallTie();
  ties.Settle(host);
  EXPECT(host.forgotten.size() == 1);
}

TEST(AMovedTieCountsOnce) {
  CallTies ties;
  Listener host;
  {
    CallTie tie(ties, 1);
    EXPECT(ties.Hold(1, false));
    CallTie moved(std::move(tie));
    ties.Settle(host);
    EXPECT(host.forgotten.empty());
  }
  ties.Settle(host);
  EXPECT(host.forgotten.size() == 1);
}

TEST(WhatASynchronousCallSaidHoldsItForOneTurn) {
  CallTies ties;
  Listener host;
  ties.Said(1);
  ties.Said(2);
  // The host reads what an asynchronous call said before its answer.
  EXPECT(!ties.Hold(2, false));
  EXPECT(ties.Hold(1, true));
  ties.Settle(host);
  EXPECT(host.forgotten == std::vector<uint64_t>{1});
}

TEST(WorkOfNoCallTiesNothing) {
  CallTies ties;
  Listener host;
  CallTie none(ties, 0);
  EXPECT(!ties.Hold(0, false));
  ties.Settle(host);
  EXPECT(host.forgotten.empty());
}

}  // namespace
}  // namespace isolet::test
