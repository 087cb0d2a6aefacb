// How a guest takes calls and gives answers (guest/guest.h).
#include <algorithm>
#include <utility>

#include "calls/call.h"
#include "calls/current_call.h"
#include "entry/frame.h"
#include "guest/guest.h"
#include "guest/sync_job.h"
#include "guest/tasks.h"
#include "threads/spinner.h"

namespace isolet {
namespace {

// Replies that come in one turn of the host's loop may be more than a small guest could keep: it takes one at a time.
constexpr size_t kMostReplySlack = 32u * 1024 * 1024;

// How long the caller of a synchronous call waits, after its time is over, for the guest to unwind.
constexpr int64_t kUnwind = 50 * 1000 * 1000;
// A short wait before the thread sleeps: most calls are over by then.
constexpr int64_t kSpin = 100 * 1000;
// Within that a worker that has just run a turn comes back for the next one.
constexpr int64_t kComeBack = 4 * 1000;

}  // namespace

Outcome Guest::RunNow(CallKind kind, uint64_t call_id, const CallLimits& given, std::unique_ptr<Program> program,
                      TurnWaiter& waiter, const std::shared_ptr<ReplySlot>& inside, bool* leaves) {
  if (RunsHere(inside)) return RunHere(kind, call_id, given, *program, waiter, inside, leaves);
  stats_.Count(kind);
  if (gone()) return FinalStop();
  auto job = std::make_shared<SyncJob>(kind, call_id, Within(given, inside), std::move(program), waiter);
  Outcome outcome = RunOnEngineThread(job, waiter, inside, leaves);
  CountTimeout(outcome);
  return outcome;
}

Outcome Guest::RunHere(CallKind kind, uint64_t call_id, const CallLimits& given, Program& program, TurnWaiter& waiter,
                       const std::shared_ptr<ReplySlot>& inside, bool* leaves) {
  stats_.Count(kind);
  if (gone()) return FinalStop();
  Call call(call_id, kind, Within(given, inside));
  Outcome outcome;
  auto run = [&](const IsolateLock& lock, int64_t now) { outcome = RunToValue(lock, call, program, now); };
  if (!WithLockUntil(run, waiter, call)) {
    std::optional<Stop> stop = gate_.final_stop();
    outcome = stop ? *stop : call.TimedOut(StopReason::kWallTimeout);
  }
  *leaves = call.leaves;
  CountTimeout(outcome);
  return outcome;
}

Stop Guest::FinalStop() const { return gate_.final_stop().value_or(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""}); }

CallLimits Guest::Within(const CallLimits& limits, const std::shared_ptr<ReplySlot>& inside) const {
  return inside ? WithinOuter(limits) : limits;
}

void Guest::CountTimeout(const Outcome& outcome) {
  const Stop* stop = std::get_if<Stop>(&outcome);
  if (stop != nullptr && IsTimeout(*stop)) stats_.timeouts.fetch_add(1, std::memory_order_relaxed);
}

Outcome Guest::RunOnEngineThread(const std::shared_ptr<SyncJob>& job, TurnWaiter& waiter,
                                 const std::shared_ptr<ReplySlot>& inside, bool* leaves) {
  {
    std::lock_guard<std::mutex> lock(sync_jobs_mutex_);
    sync_jobs_.push_back(job);
  }
  job->place().Lend();
  // While the guest waits for the host it holds the isolate, on its own thread: it does the work there.
  if (!inside || !inside->Offer([job](const IsolateLock& lock) { RunSyncJob(lock, *job); })) {
    Post(std::make_unique<SyncTask>(shared_from_this(), job), Urgency::kUrgent,
         Spinner::Possible() ? Waking::kWatched : Waking::kNow);
  }
  // Lost before the job was in the list: nobody else would finish it.
  if (lost()) job->Finish(gate_.final_stop().value_or(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, ""}));
  const int64_t deadline = job->call().deadline;
  int64_t until = deadline;
  // Always: the thread has nothing else to do, and where it does not spin once the other side falls asleep as well.
  if (Spinner::Possible()) {
    const auto ready = [&] { return job->done() || waiter.Ready(); };
    Spinner::Spin(kComeBack, [&] { return job->begun() || ready(); });
    if (!job->begun()) Executor::Get().Kick();
    Spinner::Spin(kSpin, ready);
  }
  bool gave_up = false;
  std::unique_ptr<Program> unbegun;
  while (!job->done() && job->FallAsleep()) {
    if (SteadyNow() >= until) {
      // A stopped guest gets a moment to unwind and say so itself.
      if (until == deadline && job->begun()) {
        until += kUnwind;
      } else if (job->Abandon(&unbegun)) {
        gave_up = true;
        break;
      }
    }
    if (!waiter.Wait(until)) continue;
    job->place().TakeBack();
    waiter.Serve();
    if (!job->done()) job->place().Lend();
  }
  job->place().TakeBack();
  if (unbegun) {
    unbegun->Discard(*this);
    NoteStaleTask();
  }
  {
    std::lock_guard<std::mutex> lock(sync_jobs_mutex_);
    std::erase(sync_jobs_, job);
  }
  if (gave_up) return job->call().TimedOut(StopReason::kWallTimeout);
  Outcome outcome = job->Take();
  // After a stop the guest's thread may still be in the call.
  if (!std::holds_alternative<Stop>(outcome)) {
    *leaves = job->call().leaves;
  }
  return outcome;
}

template <typename Work>
bool Guest::WithLockUntil(const Work& work, TurnWaiter& waiter, const Call& call) {
  if (gone_.load(std::memory_order_acquire)) return false;
  if (HasTurn()) {
    IsolateLock lock(*this);
    work(lock, 0);
    return true;
  }
  int64_t now = call.started;
  Keeper* keeper = waiter.keeper();
  if (keeper != nullptr) keeper->Begin(*this);
  if (!Borrow(nullptr, 0, keeper)) {
    if (!Borrow(&waiter, call.deadline)) return false;
    now = SteadyNow();
  }
  bool ran = false;
  if (!gone_.load(std::memory_order_acquire)) {
    on_host_thread_.store(true, std::memory_order_relaxed);
    Watchdog::Get().Arm(this, now + kProbeInterval);
    {
      IsolateLock lock(*this);
      const bool late = RunDeferred(lock);
      work(lock, late ? 0 : now);
    }
    on_host_thread_.store(false, std::memory_order_relaxed);
    ran = true;
    if (gate_.stopped_for_good()) Teardown();
  }
  // Other guests may have been run from within.
  if (keeper != nullptr) keeper->Begin(*this);
  GiveBack(keeper);
  if (keeper != nullptr) keeper->End();
  return ran;
}

Cancelled Guest::Cancel(uint64_t call_id, bool only_running) {
  Stop stop{StopReason::kAborted, 0, 0, Phase::kSync, ""};
  if (only_running && calls_.HasBegun(call_id) && !gate_.OnStack(call_id)) return Cancelled::kGoesOn;
  std::shared_ptr<Call> call = calls_.Take(call_id);
  if (call) return GiveUp(*call, stop);
  // A synchronous call is not in the table: it is stopped where it is.
  return !only_running && gate_.StopCall(call_id, stop) ? Cancelled::kRunning : Cancelled::kSettled;
}

Cancelled Guest::GiveUp(Call& call, const Stop& stop) {
  Cancelled was = Cancelled::kUnbegun;
  if (settlement_.DropUnbegun(call)) {
    // There is nothing of it in the guest.
    NoteStaleTask();
  } else {
    was = Cancelled::kRunning;
    if (!gate_.StopCall(call.id, stop)) {
      was = Cancelled::kWaiting;
      runaways_.Add(call.id);
      gate_.RequestInterrupt(StopRunaway, this);
    }
    PostAbandon(call.id);
  }
  host_->CallSettled(call.id, stop, nullptr);
  return was;
}

void Guest::StopRunaway(v8::Isolate* isolate, void* data) {
  auto* guest = static_cast<Guest*>(data);
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (context.IsEmpty()) return;
  const uint64_t current = CurrentCallId(context);
  if (!guest->runaways_.Has(current)) return;
  guest->gate_.StopInnermost(Stop{StopReason::kDropped, 0, 0, Phase::kPending, ""});
}

void Guest::PostAbandon(uint64_t call_id) { RunFirst(std::make_unique<AbandonTask>(call_id)); }

void Guest::PostCheckpoint() { Post(std::make_unique<CheckpointTask>()); }

void Guest::PostForegroundTask() { Post(std::make_unique<ForegroundTask>()); }

void Guest::MicrotasksLost(v8::Local<v8::Context> context) { modules_.MicrotasksLost(context); }

void Guest::GoOnLoading() {
  if (modules_.loader().unfinished()) {
    Post(std::make_unique<ResumeLoadingTask>());
  } else if (modules_.loader().idle()) {
    entry_state_.loads_modules = false;
  }
}

void Guest::SettleHostPromise(uint64_t promise_id, HostReply reply) {
  const size_t bytes = reply.value.ByteSize();
  auto in_flight = std::make_unique<InFlight>(reply_bytes_, bytes);
  const size_t waiting = reply_bytes_->load(std::memory_order_relaxed);
  const size_t limit = options_.max_heap_size;
  if (gate_.stopped_for_good()) {
    // It takes nothing any more.
    reply = HostReply{};
  } else if (limit != 0 && waiting > bytes && waiting > limit + std::min(limit, kMostReplySlack)) {
    // What waits for the guest is the guest's, and more than there is room for. One by itself has its own limit.
    heap_limit_.Exceeded(waiting);
    Stopped();
  }
  Post(std::make_unique<SettlePromiseTask>(host_, promise_id, std::move(reply), std::move(in_flight)));
}

void Guest::LetGo(value::HandleKind kind, uint64_t id, uint64_t count) { isolet::LetGo(*this, kind, id, count); }

void Guest::RequestCollection() {
  if (host_functions_.RequestCollection()) Post(std::make_unique<CollectionTask>());
}

}  // namespace isolet
