#include "entry/frame.h"

#include <algorithm>
#include <utility>

#include "boundary/answer.h"
#include "boundary/crossing.h"
#include "boundary/promises.h"
#include "boundary/rejections.h"
#include "boundary/settlement.h"
#include "calls/current_call.h"
#include "calls/entry_state.h"
#include "calls/gate.h"
#include "calls/guest_life.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "calls/runaways.h"
#include "calls/stats.h"
#include "calls/table.h"
#include "calls/ties.h"
#include "calls/unattended_work.h"
#include "isolate/time_zone.h"
#include "lost/fatal_guard.h"
#include "lost/losable.h"
#include "lost/lost_threads.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/budget.h"
#include "threads/watchdog.h"

namespace isolet {
namespace {

// Nanoseconds; shorter work that no call waits for is not worth the look.
constexpr int64_t kLeastUnattended = 50 * 1000;

int64_t FirstDue(const Call& call, int64_t now) {
  int64_t due = call.deadline;
  if (call.cpu_budget > 0) due = std::min(due, now + call.cpu_budget - call.cpu_used);
  return std::min(due, now + MemoryBudget::kProbeInterval);
}

// Once no microtask is left: before the answer if there is one by then, so that whoever closes at the answer has them.
void ReportRejections(const IsolateLock& lock) {
  Parts& parts = lock.parts();
  if (parts.entry_state().depth != 1) return;
  // Listeners of the guest may leave further ones behind.
  while (!parts.rejections().empty() && parts.rejections().Report(lock)) {
    Checkpoint(lock);
    if (parts.gate().stopping()) return;
  }
}

class Frame {
 public:
  Frame(const IsolateLock& lock, Call& call)
      : lock_(lock), parts_(lock.parts()), state_(parts_.entry_state()), call_(call), frame_(&call) {}
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  // Set if the body did not run, or was stopped. The body runs at most once, inside a TryCatch.
  template <typename Body>
  std::optional<Outcome> Run(Body body, int64_t now = 0) {
    if (state_.depth >= kMaxNesting || !lock_.FitStack()) return Outcome(NestingFailure{kMaxNesting});
    if (std::optional<Stop> stop = parts_.gate().Enter(&frame_)) return Outcome(*std::move(stop));
    const int64_t began = now != 0 ? now : SteadyNow();
    Watchdog::Get().Arm(&parts_.watched(), FirstDue(call_, began));
    if (state_.depth == 0) {
      state_.clock.Begin(call_.kind, began);
    }
    ++state_.depth;
    ++state_.entries;
    int64_t left = 0;
    if (state_.depth == 1) {
      parts_.allocator().ResetRefusals();
      parts_.time_zone().Refresh(lock_.isolate());
    }
    {
      FatalGuard::Scope fatal(parts_.losable());
      v8::Isolate* isolate = lock_.isolate();
      v8::HandleScope scope(isolate);
      v8::TryCatch catcher(isolate);
      CurrentCall current(lock_.context(), call_.id);
      body(catcher);
      if (!parts_.gate().stopping()) ReportRejections(lock_);
      left = LookAtMemory(parts_);
      // What the routine that had to be stopped took in the end.
      if (parts_.gate().stopping()) {
        parts_.gate().RaiseUsed(static_cast<double>(parts_.memory_budget().InUse(isolate)));
      }
    }
    --state_.depth;
    std::optional<Stop> stop = parts_.gate().Leave(&frame_);
    // Given up meanwhile: everybody has been told that it never comes back, so it does not.
    if (parts_.gate().lost()) {
      parts_.losable().NoteParked();
      ParkThisThread();
    }
    if (state_.depth == 0) {
      AccountEntry(parts_, left);
      AfterOutermost(stop.has_value());
    }
    if (stop) return Outcome(*std::move(stop));
    return std::nullopt;
  }

 private:
  void AfterOutermost(bool stopped) {
    if (parts_.gate().stopped_for_good()) {
      parts_.life().Stopped();
    } else {
      parts_.runaways().Clear();
    }
    parts_.call_ties().Settle(parts_.host());
    bool lost = std::exchange(state_.microtasks_lost, false);
    if (lost) {
      if (!parts_.gate().stopped_for_good()) {
        parts_.life().MicrotasksLost(lock_.context());
        parts_.promises().FailExported();
      }
      parts_.settlement().FailStarted(call_.id);
    } else if (stopped) {
      // Stopped in its synchronous part: what other calls have queued is still there and wants a turn.
      parts_.life().PostCheckpoint();
    }
    if (state_.loads_modules) parts_.life().GoOnLoading();
  }

  const IsolateLock& lock_;
  Parts& parts_;
  EntryState& state_;
  Call& call_;
  GateFrame frame_;
};

}  // namespace

void Checkpoint(const IsolateLock& lock) {
  Parts& parts = lock.parts();
  // Guest code below us on the stack must run to its end first.
  if (parts.entry_state().depth > 1) return;
  // A stop that a TryCatch has taken would let them run on.
  parts.gate().Reassert();
  lock.isolate()->PerformMicrotaskCheckpoint();
  // V8 throws them away when it is terminated while running them.
  if (parts.gate().stopping()) parts.entry_state().microtasks_lost = true;
}

Outcome RunToValue(const IsolateLock& lock, Call& call, Program& program, int64_t now) {
  Parts& parts = lock.parts();
  parts.unattended_work().NoteRan(call.limits);
  Outcome outcome;
  Frame frame(lock, call);
  std::optional<Outcome> failed = frame.Run(
      [&](v8::TryCatch& catcher) {
        v8::MaybeLocal<v8::Value> value = program.Run(lock);
        if (!value.IsEmpty()) Checkpoint(lock);
        outcome = TakeOut(parts, lock.context(), call.kind, value, catcher);
        // Taking out may have queued something: a reaction on a promise that crosses, a getter's doing.
        if (!std::holds_alternative<value::Primitive>(outcome) && !parts.gate().stopping()) Checkpoint(lock);
        if (RanOutOfBuffers(outcome, parts)) parts.memory_budget().RanOut(parts.isolate());
        if (!parts.gate().stopping()) ReportRejections(lock);
        call.leaves = call.id != 0 && parts.call_ties().Hold(call.id, true);
      },
      now);
  if (failed) {
    DropOutcome(parts, outcome);
    outcome = std::move(*failed);
  }
  CountError(parts, outcome);
  return outcome;
}

void RunToSettlement(const IsolateLock& lock, const std::shared_ptr<Call>& call) {
  Parts& parts = lock.parts();
  parts.unattended_work().NoteRan(call->limits);
  Frame frame(lock, *call);
  std::optional<Outcome> failed = frame.Run([&](v8::TryCatch& catcher) {
    // Answered while it was queued (aborted, out of time)? Asked inside the frame: from here on a stop finds the call.
    std::unique_ptr<Program> program = parts.calls().Begin(call->id);
    if (!program) return;
    v8::Local<v8::Context> context = lock.context();
    v8::Local<v8::Value> value;
    if (!program->Run(lock).ToLocal(&value)) {
      if (catcher.HasTerminated()) return;
      Answer(parts, context, call->id, call->kind, {}, &catcher);
      if (!parts.gate().stopping()) Checkpoint(lock);
      return;
    }
    v8::Local<v8::Promise> promise;
    if (value->IsPromise()) {
      promise = value.As<v8::Promise>();
    } else if (value->IsObject()) {
      // As `await` does: a thenable is followed, anything else is the value itself.
      v8::Local<v8::Promise::Resolver> resolver;
      if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
      if (resolver->Resolve(context, value).IsNothing()) return;
      promise = resolver->GetPromise();
    }
    Checkpoint(lock);
    if (parts.gate().stopping()) return;
    if (!promise.IsEmpty()) parts.rejections().Forget(lock.isolate(), promise);
    ReportRejections(lock);
    if (parts.gate().stopping()) return;
    if (promise.IsEmpty()) {
      Answer(parts, context, call->id, call->kind, value, &catcher);
    } else if (promise->State() == v8::Promise::kFulfilled) {
      Answer(parts, context, call->id, call->kind, promise->Result(), &catcher);
    } else if (promise->State() == v8::Promise::kRejected) {
      promise->MarkAsHandled();
      AnswerError(parts, context, call->id, promise->Result());
    } else {
      call->phase.store(Phase::kPending, std::memory_order_relaxed);
      if (!parts.promises().AnswerWhenSettled(context, promise, call->id)) return;
    }
    if (!parts.gate().stopping()) Checkpoint(lock);
  });
  if (failed) parts.settlement().SettleStopped(call->id, std::move(*failed));
}

std::optional<Outcome> RunContinuation(const IsolateLock& lock, uint64_t call_id, const std::function<void()>& work) {
  Parts& parts = lock.parts();
  std::shared_ptr<Call> call = call_id == 0 ? nullptr : parts.calls().Find(call_id);
  if (!call)
    call = std::make_shared<Call>(0, CallKind::kInternal,
                                  parts.unattended_work().Limits(parts.calls(), parts.options().default_limits));
  Frame frame(lock, *call);
  std::optional<Outcome> failed = frame.Run([&](v8::TryCatch&) {
    work();
    Checkpoint(lock);
    call->phase.store(Phase::kPending, std::memory_order_relaxed);
  });
  if (call->id == 0) {
    const int64_t used = parts.entry_state().clock.cpu_counted;
    if (used >= kLeastUnattended && !parts.gate().stopped_for_good()) parts.life().ChargeUnattended(used);
  }
  if (!failed || call->id == 0) return failed;
  parts.settlement().SettleStopped(call->id, std::move(*failed));
  return std::nullopt;
}

}  // namespace isolet
