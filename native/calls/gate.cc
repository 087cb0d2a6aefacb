#include "calls/gate.h"

#include <algorithm>
#include <utility>

#include "threads/executor.h"

#if defined(__linux__)
#include <pthread.h>
#endif

namespace isolet {
namespace {

// How soon a stop that has not taken effect is asked for again.
constexpr int64_t kRetry = 10 * 1000 * 1000;

#if defined(__linux__)
int64_t ReadClock(clockid_t clock) {
  timespec time;
  if (clock_gettime(clock, &time) != 0) return 0;
  return static_cast<int64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
}
#endif

int64_t CpuUsed(const GateFrame& frame) {
#if defined(__linux__)
  return frame.call->cpu_used + (frame.counts_cpu ? ReadClock(frame.cpu_clock) - frame.cpu_start : 0);
#else
  // No clock of another thread's CPU time here: wall time inside the guest stands in, which is never too long.
  return frame.call->cpu_used + (frame.counts_cpu ? SteadyNow() - frame.entered : 0);
#endif
}

}  // namespace

std::optional<Stop> Gate::Enter(GateFrame* frame) {
  if (frame->call->cpu_budget > 0) {
    frame->counts_cpu = true;
#if defined(__linux__)
    pthread_getcpuclockid(pthread_self(), &frame->cpu_clock);
    frame->cpu_start = ReadClock(frame->cpu_clock);
#else
    frame->entered = SteadyNow();
#endif
  }
  std::lock_guard<std::mutex> lock(mutex_);
  if (final_) return final_;
  frame->outer = innermost_;
  innermost_ = frame;
  NoteState();
  if (frame->outer == nullptr) entry_ = {CurrentThreadId(), CurrentSystemThread(), entry_.number + 1};
  frame->call->phase.store(Phase::kSync, std::memory_order_relaxed);
  return std::nullopt;
}

std::optional<Stop> Gate::Leave(GateFrame* frame) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (lost_) return final_;
  innermost_ = frame->outer;
  NoteState();
  if (innermost_ == nullptr) {
    unwinding_.End();
    EndLinger();
  }
  if (frame->counts_cpu) {
    frame->call->cpu_used = CpuUsed(*frame);
    frame->counts_cpu = false;
  }
  if (final_) {
    // The isolate has to unwind once more wherever frames are left (rule 2).
    if (innermost_ == nullptr) isolate_->CancelTerminateExecution();
    return final_;
  }
  for (GateFrame* outer = innermost_; outer != nullptr; outer = outer->outer) {
    if (outer->stopped) return outer->stop;
  }
  if (!frame->stopped) return std::nullopt;
  isolate_->CancelTerminateExecution();
  return std::move(frame->stop);
}

void Gate::NoteState() {
  uint32_t flags = 0;
  if (final_) flags |= kFinal;
  if (lost_) flags |= kLost;
  if (innermost_ != nullptr) flags |= kInside;
  for (GateFrame* frame = innermost_; frame != nullptr; frame = frame->outer) {
    if (frame->stopped) flags |= kFrameStopped;
  }
  flags_.store(flags, std::memory_order_release);
}

void Gate::Reassert() {
  if (stopping()) isolate_->TerminateExecution();
}

bool Gate::StopForGood(Stop stop) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (final_) return false;
  final_ = std::move(stop);
  NoteState();
  if (innermost_ != nullptr) {
    Terminate();
    if (waiting_ != nullptr) waiting_->Interrupt();
  }
  return true;
}

void Gate::RaiseUsed(double used) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (final_ && final_->reason == StopReason::kHeapLimit) final_->used = std::max(final_->used, used);
}

bool Gate::StopCall(uint64_t call_id, Stop stop) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (GateFrame* frame = innermost_; frame != nullptr; frame = frame->outer) {
    if (frame->call->id != call_id) continue;
    StopFrame(frame, std::move(stop));
    return true;
  }
  return false;
}

std::optional<Stop> Gate::final_stop() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return final_;
}

int64_t Gate::CheckDeadlines(int64_t now, std::optional<Expired>* answer) {
  std::lock_guard<std::mutex> lock(mutex_);
  int64_t next = Watched::kNever;
  GateFrame* expired = nullptr;
  StopReason reason = StopReason::kNone;
  // The outermost expired call wins: stopping it takes the inner ones along.
  for (GateFrame* frame = innermost_; frame != nullptr; frame = frame->outer) {
    const Call& call = *frame->call;
    if (call.deadline <= now) {
      expired = frame;
      reason = StopReason::kWallTimeout;
    } else {
      next = std::min(next, call.deadline);
    }
    if (call.cpu_budget == 0) continue;
    int64_t left = call.cpu_budget - CpuUsed(*frame);
    if (left <= 0) {
      expired = frame;
      reason = StopReason::kCpuTimeout;
    } else {
      next = std::min(next, now + left);  // CPU time never runs faster than the clock
    }
  }
  if (expired != nullptr) {
    if (expired->stopped) *answer = Expired{expired->call->id, expired->call->TimedOut(reason)};
    StopFrame(expired, expired->call->TimedOut(reason));
  }
  // V8 forgets a stop whose exception a TryCatch of ours has taken: as long as frames are to end it is asked again.
  bool ending = final_ && innermost_ != nullptr;
  for (GateFrame* frame = innermost_; frame != nullptr; frame = frame->outer) ending = ending || frame->stopped;
  if (ending && expired == nullptr) Terminate();
  if (ending || expired != nullptr) next = std::min(next, now + kRetry);
  return next;
}

bool Gate::Charge(Call& call, int64_t cpu) {
  std::lock_guard<std::mutex> lock(mutex_);
  call.cpu_used += cpu;
  return call.cpu_budget > 0 && call.cpu_used >= call.cpu_budget;
}

std::shared_ptr<Call> Gate::Continued() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (innermost_ == nullptr) return nullptr;
  const Call& call = *innermost_->call;
  auto continued = std::make_shared<Call>(call.id, call.kind, call.limits, nullptr, call.started);
  continued->phase.store(Phase::kPending, std::memory_order_relaxed);
  continued->cpu_used = CpuUsed(*innermost_);
  return continued;
}

std::optional<CallLimits> Gate::Left(int64_t now) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (innermost_ == nullptr) return std::nullopt;
  // Never 0, which would be none.
  auto milliseconds = [](int64_t left) { return std::max(1e-3, static_cast<double>(left) / 1e6); };
  CallLimits left;
  for (GateFrame* frame = innermost_; frame != nullptr; frame = frame->outer) {
    const Call& call = *frame->call;
    CallLimits own;
    if (call.deadline != Watched::kNever) {
      own.timeout_ms = milliseconds(call.deadline - now);
      own.set_timeout_ms = call.TimedOut(StopReason::kWallTimeout).limit;
    }
    if (call.cpu_budget > 0) {
      own.cpu_timeout_ms = milliseconds(call.cpu_budget - CpuUsed(*frame));
      own.set_cpu_timeout_ms = call.TimedOut(StopReason::kCpuTimeout).limit;
    }
    left = Tighter(own, left);
  }
  return left;
}

bool Gate::RequestInterrupt(v8::InterruptCallback callback, void* data) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (innermost_ == nullptr) return false;
  isolate_->RequestInterrupt(callback, data);
  return true;
}

void Gate::StopInnermost(Stop stop) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (innermost_ != nullptr) StopFrame(innermost_, std::move(stop));
}

bool Gate::SetWaiting(Interruptible* waiting) {
  std::lock_guard<std::mutex> lock(mutex_);
  waiting_ = waiting;
  if (innermost_ != nullptr) {
    innermost_->call->phase.store(waiting != nullptr ? Phase::kHost : Phase::kSync, std::memory_order_relaxed);
  }
  if (final_) return false;
  for (GateFrame* frame = innermost_; frame != nullptr; frame = frame->outer) {
    if (frame->stopped) return false;
  }
  return true;
}

void Gate::StopFrame(GateFrame* frame, Stop stop) {
  if (!frame->stopped) {
    frame->stopped = true;
    frame->stop = std::move(stop);
    NoteState();
  }
  Terminate();
  if (waiting_ != nullptr) waiting_->Interrupt();
}

void Gate::Terminate() {
  if (!unwinding_.under_way()) unwinding_.Begin(entry_.thread, entry_.system_thread, SteadyNow());
  isolate_->TerminateExecution();
}

bool Gate::OnStack(uint64_t call_id) const {
  std::lock_guard<std::mutex> lock(mutex_);
  for (GateFrame* frame = innermost_; frame != nullptr; frame = frame->outer) {
    if (frame->call->id == call_id) return true;
  }
  return false;
}

std::optional<Gate::Entry> Gate::Stuck(int64_t now) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (innermost_ == nullptr || !unwinding_.under_way() || waiting_ != nullptr) return std::nullopt;
  const Unwinding::Finding finding = unwinding_.Look(now);
  if (finding != Unwinding::Finding::kBusy && !lingers_) {
    lingers_ = true;
    Executor::Get().BeginLinger();
  }
  if (finding != Unwinding::Finding::kStuck) return std::nullopt;
  return entry_;
}

void Gate::EndLinger() {
  if (!lingers_) return;
  lingers_ = false;
  Executor::Get().EndLinger();
}

bool Gate::Lose(const Entry* entry) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (entry != nullptr && (innermost_ == nullptr || entry_.number != entry->number)) return false;
  lost_ = true;
  NoteState();
  EndLinger();
  return true;
}

}  // namespace isolet
