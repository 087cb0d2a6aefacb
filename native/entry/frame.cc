#include "entry/frame.h"

#include <algorithm>
#include <utility>

#include "boundary/crossing.h"
#include "boundary/guest_error.h"
#include "guest/guest.h"
#include "lost/fatal_guard.h"
#include "lost/lost_threads.h"
#include "threads/cpu_meter.h"

namespace isolet {
namespace {

int64_t FirstDue(const Call& call, int64_t now) {
  int64_t due = call.deadline;
  if (call.cpu_budget > 0) due = std::min(due, now + call.cpu_budget - call.cpu_used);
  return std::min(due, now + Guest::kMemoryProbe);
}

bool RanOutOfBuffers(const Outcome& outcome, const Guest& guest) {
  const auto* error = std::get_if<GuestError>(&outcome);
  return error != nullptr && error->name == "RangeError" && error->message == kAllocationFailed &&
         guest.allocator().refusals() > 0;
}

// Once no microtask is left: before the answer if there is one by then, so that whoever closes at the answer has them.
void ReportRejections(const IsolateLock& lock) {
  Guest& guest = lock.guest();
  if (!guest.rejections().empty() && guest.depth == 1) guest.rejections().Report(lock);
}

class Frame {
 public:
  Frame(const IsolateLock& lock, Call& call) : lock_(lock), guest_(lock.guest()), call_(call), frame_(&call) {}
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  // Set if the body did not run, or was stopped. The body runs at most once, inside a TryCatch.
  template <typename Body>
  std::optional<Outcome> Run(Body body) {
    if (guest_.depth >= kMaxNesting || !lock_.FitStack()) return Outcome(NestingFailure{kMaxNesting});
    if (std::optional<Stop> stop = guest_.gate().Enter(&frame_)) return Outcome(*std::move(stop));
    int64_t began = SteadyNow();
    Watchdog::Get().Arm(&guest_, FirstDue(call_, began));
    if (guest_.depth == 0) {
      guest_.clock = {call_.kind, began, CpuMeter::Begin(began), 0, 0};
    }
    ++guest_.depth;
    int64_t left = 0;
    if (guest_.depth == 1) {
      guest_.allocator().ResetRefusals();
      guest_.time_zone().Refresh(lock_.isolate());
    }
    {
      FatalGuard::Scope fatal(guest_);
      v8::Isolate* isolate = lock_.isolate();
      v8::HandleScope scope(isolate);
      v8::TryCatch catcher(isolate);
      v8::Local<v8::Data> outer = GetContinuationValue(lock_.context());
      SetContinuationValue(lock_.context(), v8::Number::New(isolate, static_cast<double>(call_.id)));
      body(catcher);
      if (!guest_.gate().stopping()) ReportRejections(lock_);
      left = guest_.LookAtMemory();
      // What the routine that had to be stopped took in the end.
      if (guest_.gate().stopping()) {
        guest_.gate().RaiseUsed(static_cast<double>(guest_.memory_budget().InUse(isolate)));
      }
      RestoreContinuationValue(lock_.context(), outer);
    }
    --guest_.depth;
    std::optional<Stop> stop = guest_.gate().Leave(&frame_);
    // Given up meanwhile: everybody has been told that it never comes back, so it does not.
    if (guest_.gate().lost()) {
      guest_.parked.store(true, std::memory_order_release);
      ParkThisThread();
    }
    if (guest_.depth == 0) {
      guest_.AccountFrame(left);
      AfterOutermost(stop.has_value());
    }
    if (stop) return Outcome(*std::move(stop));
    return std::nullopt;
  }

 private:
  void AfterOutermost(bool stopped) {
    guest_.EndIfStopped();
    guest_.call_ties().Settle(guest_.host());
    bool lost = std::exchange(guest_.microtasks_lost, false);
    if (lost) {
      if (!guest_.gate().final_stop()) {
        guest_.modules().MicrotasksLost(lock_.context());
        guest_.promises().FailExported();
      }
      guest_.FailStarted(call_.id);
    } else if (stopped) {
      // Stopped in its synchronous part: what other calls have queued is still there and wants a turn.
      guest_.PostCheckpoint();
    }
    if (guest_.modules().loader().unfinished()) guest_.PostResumeLoading();
  }

  const IsolateLock& lock_;
  Guest& guest_;
  Call& call_;
  GateFrame frame_;
};

Outcome TakeOut(Guest& guest, v8::Local<v8::Context> context, v8::MaybeLocal<v8::Value> maybe, v8::TryCatch& catcher) {
  v8::Local<v8::Value> value;
  if (maybe.ToLocal(&value)) {
    auto left = Leave(guest, context, value, "result");
    if (auto* message = std::get_if<value::Message>(&left)) return std::move(*message);
    auto& failure = std::get<value::Failure>(left);
    if (failure.kind != value::Failure::Kind::kThrew) return std::move(failure);
  }
  if (catcher.HasTerminated() || !catcher.HasCaught()) return Stop{StopReason::kTerminated, 0, 0, Phase::kSync, ""};
  v8::Local<v8::Value> thrown = catcher.Exception();
  v8::Local<v8::Message> message = catcher.Message();
  catcher.Reset();
  return ReadThrown(guest, context, thrown, message);
}

void Count(Guest& guest, const Outcome& outcome) {
  if (std::holds_alternative<GuestError>(outcome)) guest.stats().errors.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

void Checkpoint(const IsolateLock& lock) {
  Guest& guest = lock.guest();
  // Guest code below us on the stack must run to its end first.
  if (guest.depth > 1) return;
  // A stop that a TryCatch has taken would let them run on.
  guest.gate().Reassert();
  lock.isolate()->PerformMicrotaskCheckpoint();
  // V8 throws them away when it is terminated while running them.
  if (guest.gate().stopping()) guest.microtasks_lost = true;
}

uint64_t CurrentCallId(v8::Local<v8::Context> context) {
  v8::Local<v8::Data> data = GetContinuationValue(context);
  if (data.IsEmpty() || !data->IsValue()) return 0;
  v8::Local<v8::Value> value = data.As<v8::Value>();
  return value->IsNumber() ? static_cast<uint64_t>(value.As<v8::Number>()->Value()) : 0;
}

Outcome RunToValue(const IsolateLock& lock, Call& call, Program& program) {
  Guest& guest = lock.guest();
  guest.leftovers().NoteRan(call.limits);
  Outcome outcome;
  Frame frame(lock, call);
  std::optional<Outcome> failed = frame.Run([&](v8::TryCatch& catcher) {
    v8::MaybeLocal<v8::Value> value = program.Run(lock);
    if (!value.IsEmpty()) Checkpoint(lock);
    outcome = TakeOut(guest, lock.context(), value, catcher);
    // Taking out may have queued something: a reaction on a promise that crosses, a getter's doing.
    if (!guest.gate().stopping()) Checkpoint(lock);
    if (RanOutOfBuffers(outcome, guest)) guest.memory_budget().RanOut(guest.isolate());
    if (!guest.gate().stopping()) ReportRejections(lock);
    call.leaves = call.id != 0 && guest.call_ties().Hold(call.id, true);
  });
  if (failed) {
    DropOutcome(guest, outcome);
    outcome = std::move(*failed);
  }
  Count(guest, outcome);
  return outcome;
}

void RunToSettlement(const IsolateLock& lock, const std::shared_ptr<Call>& call) {
  Guest& guest = lock.guest();
  guest.leftovers().NoteRan(call->limits);
  Frame frame(lock, *call);
  std::optional<Outcome> failed = frame.Run([&](v8::TryCatch& catcher) {
    // Answered while it was queued (aborted, out of time)? Asked inside the frame: from here on a stop finds the call.
    std::unique_ptr<Program> program = guest.calls().Begin(call->id);
    if (!program) return;
    v8::Local<v8::Context> context = lock.context();
    v8::Local<v8::Value> value;
    if (!program->Run(lock).ToLocal(&value)) {
      if (catcher.HasTerminated()) return;
      Answer(guest, context, call->id, {}, &catcher);
      if (!guest.gate().stopping()) Checkpoint(lock);
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
    if (guest.gate().stopping()) return;
    if (!promise.IsEmpty()) guest.rejections().Forget(lock.isolate(), promise);
    ReportRejections(lock);
    if (guest.gate().stopping()) return;
    if (promise.IsEmpty()) {
      Answer(guest, context, call->id, value, &catcher);
    } else if (promise->State() == v8::Promise::kFulfilled) {
      Answer(guest, context, call->id, promise->Result(), &catcher);
    } else if (promise->State() == v8::Promise::kRejected) {
      promise->MarkAsHandled();
      AnswerError(guest, context, call->id, promise->Result());
    } else {
      call->phase.store(Phase::kPending, std::memory_order_relaxed);
      if (!guest.promises().AnswerWhenSettled(context, promise, call->id)) return;
    }
    if (!guest.gate().stopping()) Checkpoint(lock);
  });
  if (failed) guest.SettleStopped(call->id, std::move(*failed));
}

std::optional<Outcome> RunContinuation(const IsolateLock& lock, uint64_t call_id, const std::function<void()>& work) {
  Guest& guest = lock.guest();
  std::shared_ptr<Call> call = call_id == 0 ? nullptr : guest.calls().Find(call_id);
  if (!call) call = std::make_shared<Call>(0, CallKind::kInternal, guest.ContinuationLimits());
  Frame frame(lock, *call);
  std::optional<Outcome> failed = frame.Run([&](v8::TryCatch&) {
    work();
    Checkpoint(lock);
    call->phase.store(Phase::kPending, std::memory_order_relaxed);
  });
  if (call->id == 0) guest.AccountLeftover();
  if (!failed || call->id == 0) return failed;
  guest.SettleStopped(call->id, std::move(*failed));
  return std::nullopt;
}

namespace {

// `outcome` goes to the host, unless the guest is stopped: whoever stopped it answers when the frame is left.
void Give(Guest& guest, uint64_t call_id, Outcome outcome) {
  const int64_t now = guest.LookAtMemory();
  if (std::holds_alternative<Stop>(outcome) || guest.gate().stopping()) {
    DropOutcome(guest, outcome);
    return;
  }
  if (RanOutOfBuffers(outcome, guest)) {
    guest.memory_budget().RanOut(guest.isolate());
    return;
  }
  Count(guest, outcome);
  guest.AccountFrame(now);
  guest.Settle(call_id, std::move(outcome));
}

}  // namespace

void Answer(Guest& guest, v8::Local<v8::Context> context, uint64_t call_id, v8::MaybeLocal<v8::Value> value,
            v8::TryCatch* catcher) {
  Give(guest, call_id, TakeOut(guest, context, value, *catcher));
}

void AnswerError(Guest& guest, v8::Local<v8::Context> context, uint64_t call_id, v8::Local<v8::Value> error) {
  v8::TryCatch catcher(v8::Isolate::GetCurrent());
  Outcome outcome = ReadThrown(guest, context, error, {});
  if (catcher.HasTerminated()) {
    DropOutcome(guest, outcome);
    return;
  }
  Give(guest, call_id, std::move(outcome));
}

}  // namespace isolet
