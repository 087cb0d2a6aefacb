#include "boundary/settlement.h"

#include <utility>

#include "boundary/crossing.h"
#include "calls/guest_life.h"
#include "calls/guest_options.h"
#include "calls/host.h"
#include "calls/parts.h"
#include "calls/stats.h"
#include "calls/table.h"
#include "calls/ties.h"

namespace isolet {
namespace {

constexpr size_t kSmallAnswer = 256;

}  // namespace

bool Settlement::Settle(uint64_t call_id, Outcome outcome) {
  if (!parts_.calls().Take(call_id)) {
    DropOutcome(parts_, outcome);
    return false;
  }
  if (parts_.call_ties().Hold(call_id, false)) parts_.host().PostEvent(CallHeld{call_id});
  std::unique_ptr<InFlight> in_flight = CountAnswer(&outcome);
  parts_.host().CallSettled(call_id, std::move(outcome), std::move(in_flight));
  return true;
}

void Settlement::SettleGuestPromise(uint64_t promise_id, Outcome outcome) {
  std::unique_ptr<InFlight> in_flight = CountAnswer(&outcome);
  parts_.host().GuestPromiseSettled(promise_id, std::move(outcome), std::move(in_flight));
}

void Settlement::SettleStopped(uint64_t call_id, Outcome outcome) {
  std::shared_ptr<Call> call = parts_.calls().Take(call_id);
  if (!call) {
    DropOutcome(parts_, outcome);
    return;
  }
  const Stop* stop = std::get_if<Stop>(&outcome);
  // Counted before the answer: its receiver may look at once.
  if (stop != nullptr && IsTimeout(*stop)) parts_.stats().timeouts.fetch_add(1, std::memory_order_relaxed);
  if (!DropUnbegun(*call)) parts_.life().PostAbandon(call_id);
  parts_.host().CallSettled(call_id, std::move(outcome), nullptr);
}

void Settlement::FailStarted(uint64_t culprit) {
  // The culprit stays in the table: it is answered with what stopped it.
  for (const std::shared_ptr<Call>& call : parts_.calls().TakeStarted(culprit)) {
    Stop stop{StopReason::kDropped, 0, 0, call->phase.load(std::memory_order_relaxed), ""};
    parts_.life().PostAbandon(call->id);
    parts_.host().CallSettled(call->id, std::move(stop), nullptr);
  }
}

bool Settlement::DropUnbegun(Call& call) {
  std::unique_ptr<Program> program = std::move(call.program);
  if (!program) return false;
  program->Discard(parts_);
  return true;
}

std::unique_ptr<InFlight> Settlement::CountAnswer(Outcome* outcome) {
  const size_t bytes = ByteSizeOf(*outcome);
  // There are bounds on how many answers there can be.
  if (bytes < kSmallAnswer) return nullptr;
  const size_t limit = parts_.options().max_heap_size;
  if (limit != 0 && !MayWait(*answer_bytes_, bytes, limit)) {
    DropOutcome(parts_, *outcome);
    *outcome = CapacityFailure{"Too many bytes of results of this runtime wait for the host",
                               static_cast<double>(limit), static_cast<double>(*answer_bytes_ + bytes)};
    return nullptr;
  }
  return std::make_unique<InFlight>(answer_bytes_, bytes);
}

}  // namespace isolet
