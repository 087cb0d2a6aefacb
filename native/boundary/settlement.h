// Gives answers to the host: each call that is taken out of the table gets one, and what waits for the host is counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "calls/in_flight.h"
#include "calls/outcome.h"

namespace isolet {

class Call;
class Parts;

class Settlement {
 public:
  explicit Settlement(Parts& parts) : parts_(parts) {}
  Settlement(const Settlement&) = delete;
  Settlement& operator=(const Settlement&) = delete;

  // The thread that holds the isolate's lock.

  // The answer of an asynchronous call; false (and the message's handles are given back) if it has one already.
  bool Settle(uint64_t call_id, Outcome outcome);
  // What a promise of the guest that the host holds became.
  void SettleGuestPromise(uint64_t promise_id, Outcome outcome);

  // Any thread.

  // Settle for a call whose entry did not end by itself.
  void SettleStopped(uint64_t call_id, Outcome outcome);
  // A stop threw the queued microtasks away: calls that were in the guest can't go on. `culprit` answers itself.
  void FailStarted(uint64_t culprit);
  // Drops what a call brought that was taken from the table before it began. False if it had begun.
  bool DropUnbegun(Call& call);

 private:
  // Counts an answer until the host has taken it; if more wait than there is room for, a failure takes its place.
  std::unique_ptr<InFlight> CountAnswer(Outcome* outcome);

  Parts& parts_;
  // What the guest answered and the host has not taken.
  const std::shared_ptr<std::atomic<size_t>> answer_bytes_ = std::make_shared<std::atomic<size_t>>(0);
};

}  // namespace isolet
