// How a guest ends: closed, terminated, lost (guest/guest.h).
#include <utility>

#include "guest/guest.h"
#include "guest/sync_job.h"
#include "guest/tasks.h"
#include "isolate/foreground_runner.h"
#include "lost/fatal_guard.h"
#include "lost/lost_threads.h"
#include "threads/executor.h"

namespace isolet {

void Guest::Terminate(std::string reason) {
  gate_.StopForGood(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, std::move(reason)});
  Stopped();
}

void Guest::Close() {
  gate_.StopForGood(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""});
  Stopped();
}

void Guest::Stopped() {
  if (ended_.exchange(true)) return;
  Stop stop = *gate_.final_stop();
  for (const std::shared_ptr<Call>& call : calls_.Shut()) {
    Stop answer = stop;
    answer.phase = call->phase.load(std::memory_order_relaxed);
    settlement_.DropUnbegun(*call);
    host_->CallSettled(call->id, std::move(answer), nullptr);
  }
  host_->PostEvent(Ended{stop});
  // Whoever has the turn tears down when it ends; this makes sure that there is a turn.
  Post(std::make_unique<LastTask>());
  // V8 may take long (it waits for its compiler): the host's thread has no time for that, unless it is about to end and
  // nobody else may be there to do it.
  if (host_->OnHostThread() && !host_->HostThreadEnding()) return;
  if (!lost() && Borrow(nullptr, 0)) {
    Teardown();
    GiveBack();
  }
}

bool Guest::DeclareLost(const std::string& why, const Gate::Entry* entry) {
  // Under the gate's mutex: a thread that left its frame before will do without us, one that leaves after is parked.
  if (!gate_.Lose(entry)) return false;
  if (!NoteLost()) return false;
  Admission::Get().NoteLost();
  Executor::Get().LoseThread();
  gate_.StopForGood(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, why});
  Watchdog::Get().Unregister(this);
  // Before the answers: whoever has one can ask what it cost.
  host_->PostEvent(Fatal{why});
  Stopped();
  std::vector<std::shared_ptr<SyncJob>> jobs;
  {
    std::lock_guard<std::mutex> lock(sync_jobs_mutex_);
    jobs = sync_jobs_;
  }
  for (const std::shared_ptr<SyncJob>& job : jobs) job->Finish(*gate_.final_stop());
  Lose();
  // For the host it is gone: nothing will ever come from it.
  host_->IsolateGone();
  // One that stands in for an isolate of somebody else (SnapshotBuild::Prove) has nothing to leave.
  if (holder_) LostThreads::Reclaim(shared_from_this());
  return true;
}

void Guest::Teardown() {
  if (gone_.load()) return;
  Watchdog::Get().Unregister(this);
  // V8 may collect once more when it takes the isolate down, and give up over a heap that is full.
  heap_limit_.Lift();
  FatalGuard::Scope fatal(*this);
  {
    v8::Isolate* isolate = isolate_;
    seat_.Take(isolate);
    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope scope(isolate);
    functions_.Clear();
    host_functions_.Clear();
    promises_.Clear();
    modules_.Clear();
    rejections_.Clear();
    timers_.Clear();
    async_waits_.Clear();
    call_ties_.Clear();
    streams_.Clear();
    crossing_.Clear();
    web_objects_.Clear();
    web_.Clear();
    intl_memory_.Clear();
    wasm_.Clear();
    wasm_memories_.Clear();
    if (foreground_) foreground_->Close();
    memory_budget_.Uninstall(isolate);
    context_.Reset();
  }
  heap_notes_.Note(nullptr);
  seat_.Leave();
  holder_.reset();
  isolate_ = nullptr;
  buffers_.Clear();
  ticket_.reset();
  gone_.store(true, std::memory_order_release);
  host_->IsolateGone();
}

Guest::State Guest::state() const {
  std::optional<Stop> stop = gate_.final_stop();
  if (!stop) return State::kOpen;
  if (stop->reason != StopReason::kClosed) return State::kTerminated;
  return gone_.load(std::memory_order_acquire) ? State::kClosed : State::kClosing;
}

}  // namespace isolet
