#include "realm/timers.h"

#include <cmath>
#include <string>

#include "boundary/rejections.h"
#include "calls/call.h"
#include "calls/current_call.h"
#include "calls/entry_state.h"
#include "calls/gate.h"
#include "calls/guest_life.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "calls/task.h"
#include "calls/ties.h"
#include "entry/frame.h"
#include "realm/globals.h"
#include "v8/strings.h"

namespace isolet {
namespace {

constexpr double kMaxDelay = 2147483647;  // milliseconds

class TimerTask final : public Task {
 public:
  void Run(const IsolateLock& lock) override { lock.parts().timers().Fire(lock); }
};

// As Node does: what is no delay of 1 ms to 2^31-1 ms is 1 ms. A guest that sets itself on and on does not get to spin.
int64_t Delay(double milliseconds) {
  if (!(milliseconds >= 1 && milliseconds <= kMaxDelay)) milliseconds = 1;
  return static_cast<int64_t>(std::trunc(milliseconds)) * 1000000;
}

}  // namespace

bool Timers::Install(v8::Local<v8::Context> context) {
  return DefineGlobalFunction(context, "setTimeout", 1, SetTimeout) &&
         DefineGlobalFunction(context, "setInterval", 1, SetInterval) &&
         DefineGlobalFunction(context, "clearTimeout", 0, ClearTimer) &&
         DefineGlobalFunction(context, "clearInterval", 0, ClearTimer);
}

void Timers::SetTimeout(const v8::FunctionCallbackInfo<v8::Value>& info) { Set(info, "setTimeout", false); }
void Timers::SetInterval(const v8::FunctionCallbackInfo<v8::Value>& info) { Set(info, "setInterval", true); }

void Timers::Set(const v8::FunctionCallbackInfo<v8::Value>& info, const char* function, bool repeat) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  // With the web's APIs it may be a text, which is run as a script when the time has come.
  v8::Local<v8::Function> callback;
  v8::Local<v8::String> text;
  if (info[0]->IsFunction()) {
    callback = info[0].As<v8::Function>();
  } else if (parts == nullptr || info.Length() == 0 || parts->timers().runs_text_.IsEmpty()) {
    ThrowNoFunction(isolate, function);
    return;
  } else if (info[0]->ToString(context).ToLocal(&text)) {
    callback = parts->timers().runs_text_.Get(isolate);
  } else {
    return;
  }
  double milliseconds = 0;
  // Runs the guest's valueOf.
  if (info.Length() > 1 && !info[1]->NumberValue(context).To(&milliseconds)) return;
  if (!MaySet(parts)) return;
  Timers& self = parts->timers();
  size_t limit = parts->options().max_timers;
  if (self.timers_.size() - self.tasks_ >= limit) {
    v8::Local<v8::String> message;
    if (FromUtf8(isolate, "Too many timers: this runtime has at most " + std::to_string(limit)).ToLocal(&message)) {
      isolate->ThrowException(v8::Exception::RangeError(message));
    }
    return;
  }
  std::vector<v8::Local<v8::Value>> arguments;
  if (!text.IsEmpty()) arguments.push_back(text);
  for (int i = 2; text.IsEmpty() && i < info.Length(); ++i) arguments.push_back(info[i]);
  Id id = self.NextId();
  Timer& timer = self.Add(id, callback);
  if (!arguments.empty()) timer.arguments.Reset(isolate, v8::Array::New(isolate, arguments.data(), arguments.size()));
  if (repeat) timer.interval = Delay(milliseconds);
  self.Schedule(id, &timer, SteadyNow() + Delay(milliseconds));
  self.Rearm();
  info.GetReturnValue().Set(id);
}

void Timers::SetTask(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (!info[0]->IsFunction()) {
    ThrowNoFunction(isolate, "setTask");
    return;
  }
  if (!MaySet(parts)) return;
  Timers& self = parts->timers();
  if (self.tasks_ >= kMaxTasks) {
    isolate->ThrowException(
        v8::Exception::RangeError(Name(isolate, "Too many tasks: 10000 messages and notifications are on their way")));
    return;
  }
  Id id = self.NextId();
  Timer& timer = self.Add(id, info[0].As<v8::Function>());
  timer.task = true;
  ++self.tasks_;
  self.Schedule(id, &timer, SteadyNow());
  self.Rearm();
}

bool Timers::MaySet(Parts* parts) {
  if (parts == nullptr || parts->gate().stopping()) return false;
  if (parts->entry_state().clock.kind != CallKind::kSnapshotScript) return true;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  isolate->ThrowException(v8::Exception::Error(
      Name(isolate, "A script of a snapshot can't set timers: set them in the runtimes that start from it")));
  return false;
}

Timers::Timer& Timers::Add(Id id, v8::Local<v8::Function> callback) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Timer& timer = timers_[id];
  timer.callback.Reset(isolate, callback);
  timer.call_id = CurrentCallId(isolate->GetCurrentContext());
  timer.tie = CallTie(parts_.call_ties(), timer.call_id);
  size_.store(timers_.size(), std::memory_order_relaxed);
  return timer;
}

void Timers::ClearTimer(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  // Ids only: nothing is asked of an object, an unknown id is no error.
  if (parts == nullptr || !(info[0]->IsNumber() || info[0]->IsString())) return;
  double id = info[0]->NumberValue(isolate->GetCurrentContext()).FromMaybe(0);
  if (!(id >= 1 && id <= kMaxDelay && id == std::trunc(id))) return;
  Timers& self = parts->timers();
  auto found = self.timers_.find(static_cast<Id>(id));
  if (found != self.timers_.end() && !found->second.task) self.Remove(found->first);
}

Timers::Id Timers::NextId() {
  do {
    last_id_ = last_id_ < static_cast<Id>(kMaxDelay) ? last_id_ + 1 : 1;
  } while (timers_.count(last_id_) != 0);
  return last_id_;
}

void Timers::Schedule(Id id, Timer* timer, int64_t due) {
  timer->due = due;
  timer->order = ++last_order_;
  queue_.insert({{due, timer->order}, id});
}

void Timers::Remove(Id id) {
  auto found = timers_.find(id);
  if (found == timers_.end()) return;
  queue_.erase({{found->second.due, found->second.order}, id});  // not there while it fires
  if (found->second.task) --tasks_;
  timers_.erase(found);
  size_.store(timers_.size(), std::memory_order_relaxed);
}

void Timers::Rearm() {
  if (queue_.empty()) return;
  int64_t due = queue_.begin()->first.first;
  next_due_.store(due, std::memory_order_seq_cst);
  Watchdog::Get().Arm(&parts_.watched(), due);
}

int64_t Timers::OnDue(int64_t now) {
  int64_t due = next_due_.load(std::memory_order_seq_cst);
  if (due > now) return due;
  if (!posted_.exchange(true)) parts_.turns().Post(std::make_unique<TimerTask>());
  return Watched::kNever;
}

void Timers::Fire(const IsolateLock& lock) {
  next_due_.store(Watched::kNever, std::memory_order_seq_cst);
  posted_.store(false, std::memory_order_seq_cst);
  int64_t now = SteadyNow();
  std::vector<Id> due;
  for (auto it = queue_.begin(); it != queue_.end() && it->first.first <= now && due.size() < kPerTurn; ++it) {
    due.push_back(it->second);
  }
  for (Id id : due) {
    if (parts_.gate().stopped_for_good()) return;
    FireOne(lock, id);
  }
  Rearm();
  // A timer that is over was kept until its callback had returned.
  parts_.call_ties().Settle(parts_.host());
}

void Timers::FireOne(const IsolateLock& lock, Id id) {
  auto found = timers_.find(id);
  if (found == timers_.end()) return;  // cleared by one that was due before
  Timer timer = std::move(found->second);
  queue_.erase({{timer.due, timer.order}, id});
  // An interval keeps its place in the table: it can be cleared while it runs.
  if (timer.interval == 0) Remove(id);
  const uint64_t call_id = timer.call_id;
  bool done = false;
  std::optional<Outcome> stopped = RunContinuation(lock, call_id, [&] { done = Call(lock, timer); });
  if (timer.interval != 0) {
    found = timers_.find(id);
    if (found != timers_.end() && done) {
      int64_t due = SteadyNow() + timer.interval;  // from now on, so that late ones don't pile up
      found->second = std::move(timer);
      Schedule(id, &found->second, due);
    } else if (found != timers_.end()) {
      Remove(id);
    }
  }
  // What else the call has set ends with it, also what is due in this turn.
  if (!done && call_id != 0) Abandon(call_id);
  if (!stopped) return;
  parts_.life().UnattendedStopped(call_id, std::move(*stopped));
}

bool Timers::Call(const IsolateLock& lock, const Timer& timer) {
  v8::Isolate* isolate = lock.isolate();
  std::vector<v8::Local<v8::Value>> arguments;
  if (!timer.arguments.IsEmpty()) {
    v8::Local<v8::Array> list = timer.arguments.Get(isolate);
    arguments.resize(list->Length());
    for (uint32_t i = 0; i < list->Length(); ++i) {
      if (!list->Get(lock.context(), i).ToLocal(&arguments[i])) return false;
    }
  }
  SetContinuationValue(lock.context(), v8::Number::New(isolate, static_cast<double>(timer.call_id)));
  v8::TryCatch catcher(isolate);
  if (timer.callback.Get(isolate)
          ->Call(lock.context(), v8::Undefined(isolate), static_cast<int>(arguments.size()), arguments.data())
          .IsEmpty()) {
    if (catcher.HasTerminated() || !catcher.HasCaught()) return false;
    v8::Local<v8::Value> thrown = catcher.Exception();
    catcher.Reset();
    Rejections::Thrown(lock.context(), thrown);
  }
  return true;
}

void Timers::Abandon(uint64_t call_id) {
  std::vector<Id> abandoned;
  for (auto& [id, timer] : timers_) {
    if (timer.call_id == call_id) abandoned.push_back(id);
  }
  for (Id id : abandoned) Remove(id);
}

void Timers::TakeTexts(v8::Isolate* isolate, v8::Local<v8::Function> run) { runs_text_.Reset(isolate, run); }

void Timers::Clear() {
  runs_text_.Reset();
  timers_.clear();
  tasks_ = 0;
  queue_.clear();
  size_.store(0, std::memory_order_relaxed);
  next_due_.store(Watched::kNever, std::memory_order_seq_cst);
}

}  // namespace isolet
