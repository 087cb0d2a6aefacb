#include "realm/async_waits.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "calls/current_call.h"
#include "calls/gate.h"
#include "calls/guest_life.h"
#include "calls/parts.h"
#include "calls/task.h"
#include "calls/ties.h"
#include "entry/frame.h"
#include "isolate/foreground_runner.h"
#include "v8/originals.h"
#include "v8/strings.h"

namespace isolet {
namespace {

constexpr double kLongest = 1e9;  // seconds

class WaitTask final : public Task {
 public:
  void Run(const IsolateLock& lock) override { lock.parts().async_waits().Fire(lock); }
};

}  // namespace

bool AsyncWaits::Install(v8::Local<v8::Context> context) {
  v8::Local<v8::Value> atomics;
  if (!OwnValue(context, context->Global(), "Atomics").ToLocal(&atomics)) return false;
  if (!atomics->IsObject()) return true;
  return ReplaceFunction(context, atomics, Name(v8::Isolate::GetCurrent(), "waitAsync"), 4, Wait, Original::kWaitAsync);
}

void AsyncWaits::Wait(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Value> real = GetOriginal(context, Original::kWaitAsync);
  if (!real->IsFunction()) return;
  Parts* parts = Parts::Of(isolate);
  if (parts != nullptr && !parts->async_waits().HasRoom(isolate)) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "Too many waits with a time-out")));
    return;
  }
  std::vector<v8::Local<v8::Value>> arguments;
  arguments.reserve(info.Length());
  for (int i = 0; i < info.Length(); ++i) arguments.push_back(info[i]);
  // While a snapshot is being made there is no runner, and no shared memory to wait on.
  ForegroundRunner* runner = parts == nullptr ? nullptr : parts->foreground();
  ForegroundRunner::Catch caught(runner);
  v8::Local<v8::Value> result, value;
  if (!real.As<v8::Function>()->Call(context, info.This(), info.Length(), arguments.data()).ToLocal(&result)) return;
  info.GetReturnValue().Set(result);
  std::vector<ForegroundRunner::Delayed> delayed = caught.Take();
  if (delayed.empty() || !OwnValue(context, result, "value").ToLocal(&value) || !value->IsPromise()) return;
  AsyncWaits& self = parts->async_waits();
  const uint64_t call_id = CurrentCallId(context);
  for (ForegroundRunner::Delayed& each : delayed) {
    const double seconds = std::clamp(each.seconds, 0.0, kLongest);
    Entry entry{std::move(each.task), {}, call_id, {parts->call_ties(), call_id}};
    entry.promise.Reset(isolate, value.As<v8::Promise>());
    self.queue_.emplace(SteadyNow() + static_cast<int64_t>(seconds * 1e9), std::move(entry));
  }
  self.Rearm();
}

bool AsyncWaits::HasRoom(v8::Isolate* isolate) {
  if (queue_.size() < look_at_) return true;
  v8::HandleScope scope(isolate);
  std::erase_if(queue_,
                [&](const auto& each) { return each.second.promise.Get(isolate)->State() != v8::Promise::kPending; });
  look_at_ = std::clamp(queue_.size() * 2, kFirstLook, kMost);
  return queue_.size() < kMost;
}

void AsyncWaits::Rearm() {
  if (queue_.empty()) return;
  int64_t due = queue_.begin()->first;
  next_due_.store(due, std::memory_order_seq_cst);
  Watchdog::Get().Arm(&parts_.watched(), due);
}

int64_t AsyncWaits::OnDue(int64_t now) {
  int64_t due = next_due_.load(std::memory_order_seq_cst);
  if (due > now) return due;
  if (!posted_.exchange(true)) parts_.turns().Post(std::make_unique<WaitTask>());
  return Watched::kNever;
}

void AsyncWaits::Fire(const IsolateLock& lock) {
  next_due_.store(Watched::kNever, std::memory_order_seq_cst);
  posted_.store(false, std::memory_order_seq_cst);
  int64_t now = SteadyNow();
  // Taken out one by one: each may be abandoned by the one before.
  for (size_t fired = 0; fired < kPerTurn && !queue_.empty() && queue_.begin()->first <= now; ++fired) {
    if (parts_.gate().stopped_for_good()) return;
    Entry entry = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    std::unique_ptr<v8::Task> task = std::move(entry.task);
    entry.tie = CallTie();
    std::optional<Outcome> stopped = RunContinuation(lock, entry.call_id, [&task] { task->Run(); });
    if (stopped) parts_.life().UnattendedStopped(entry.call_id, std::move(*stopped));
  }
  Rearm();
}

void AsyncWaits::Abandon(uint64_t call_id) {
  std::erase_if(queue_, [&](const auto& each) { return each.second.call_id == call_id; });
}

void AsyncWaits::Clear() {
  queue_.clear();
  next_due_.store(Watched::kNever, std::memory_order_seq_cst);
}

}  // namespace isolet
