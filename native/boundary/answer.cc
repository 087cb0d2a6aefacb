#include "boundary/answer.h"

#include <utility>

#include "boundary/crossing.h"
#include "boundary/guest_error.h"
#include "boundary/settlement.h"
#include "calls/entry_state.h"
#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "calls/stats.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/budget.h"
#include "memory_use/heap_notes.h"
#include "value/primitive.h"

namespace isolet {
namespace {

// `outcome` goes to the host, unless the guest is stopped: whoever stopped it answers when the entry is left.
void Give(Parts& parts, uint64_t call_id, Outcome outcome) {
  const int64_t now = LookAtMemory(parts);
  if (std::holds_alternative<Stop>(outcome) || parts.gate().stopping()) {
    DropOutcome(parts, outcome);
    return;
  }
  if (RanOutOfBuffers(outcome, parts)) {
    parts.memory_budget().RanOut(parts.isolate());
    return;
  }
  CountError(parts, outcome);
  AccountEntry(parts, now);
  parts.settlement().Settle(call_id, std::move(outcome));
}

}  // namespace

Outcome TakeOut(Parts& parts, v8::Local<v8::Context> context, CallKind kind, v8::MaybeLocal<v8::Value> maybe,
                v8::TryCatch& catcher) {
  v8::Local<v8::Value> value;
  if (maybe.ToLocal(&value)) {
    // What needs no message, where the limits of messages allow for it anyway.
    if (value::PrimitivesFit(parts.options().transfer)) {
      if (std::optional<value::Primitive> primitive = value::ToPrimitive(value)) return *primitive;
    }
    const bool moves = parts.options().move_results && (kind == CallKind::kCall || kind == CallKind::kCallAsync);
    auto left = Leave(parts, context, value, "result", moves);
    if (auto* message = std::get_if<value::Message>(&left)) return std::move(*message);
    auto& failure = std::get<value::Failure>(left);
    if (failure.kind != value::Failure::Kind::kThrew) return std::move(failure);
  }
  if (catcher.HasTerminated() || !catcher.HasCaught()) return Stop{StopReason::kTerminated, 0, 0, Phase::kSync, ""};
  v8::Local<v8::Value> thrown = catcher.Exception();
  v8::Local<v8::Message> message = catcher.Message();
  catcher.Reset();
  return ReadThrown(parts, context, thrown, message);
}

void Answer(Parts& parts, v8::Local<v8::Context> context, uint64_t call_id, CallKind kind,
            v8::MaybeLocal<v8::Value> value, v8::TryCatch* catcher) {
  Give(parts, call_id, TakeOut(parts, context, kind, value, *catcher));
}

void AnswerError(Parts& parts, v8::Local<v8::Context> context, uint64_t call_id, v8::Local<v8::Value> error) {
  v8::TryCatch catcher(v8::Isolate::GetCurrent());
  Outcome outcome = ReadThrown(parts, context, error, {});
  if (catcher.HasTerminated()) {
    DropOutcome(parts, outcome);
    return;
  }
  Give(parts, call_id, std::move(outcome));
}

void AccountEntry(Parts& parts, int64_t now) {
  parts.entry_state().clock.Count(parts.stats(), now);
  parts.heap_notes().NoteNowAndThen(parts.isolate(), now);
}

void CountError(Parts& parts, const Outcome& outcome) {
  if (std::holds_alternative<GuestError>(outcome)) parts.stats().errors.fetch_add(1, std::memory_order_relaxed);
}

bool RanOutOfBuffers(const Outcome& outcome, const Parts& parts) {
  const auto* error = std::get_if<GuestError>(&outcome);
  return error != nullptr && error->name == "RangeError" && error->message == kAllocationFailed &&
         parts.allocator().refusals() > 0;
}

}  // namespace isolet
