#include "engine/guest.h"

#include <algorithm>
#include <utility>

#include "engine/cpu_meter.h"
#include "engine/fatal_guard.h"
#include "engine/foreground_runner.h"
#include "engine/frame.h"
#include "engine/globals.h"
#include "engine/guest_tasks.h"
#include "engine/parking.h"
#include "engine/programs.h"
#include "engine/strings.h"
#include "engine/sync_job.h"

namespace isolet {
namespace {

// How long the caller of a synchronous call waits, after its time is over, for the guest to unwind.
constexpr int64_t kUnwind = 50 * 1000 * 1000;
// A short wait before the thread sleeps: most calls are over by then.
constexpr int kSpins = 2000;

// Asynchronous calls of one guest that wait or run; each is some hundred bytes here and a promise of the host.
constexpr size_t kMaxCalls = 50'000;

// V8 retries an allocation that does not fit once more without any limit. What is above the guest's limit by more than
// the youngest objects may take came that way.
constexpr size_t kYoungObjects = 64u * 1024 * 1024;

constexpr const char* kHostThreadEnds = "the thread that owns the runtime is ending";

// How often a synchronous call asks whether its thread is still wanted.
constexpr int64_t kProbeInterval = 100 * 1000 * 1000;

}  // namespace

std::variant<std::shared_ptr<Guest>, Outcome> Guest::Create(std::shared_ptr<IsolatePlatform> platform,
                                                            GuestOptions options, std::shared_ptr<Host> host) {
  if (FatalGuard::lost_count() >= FatalGuard::kMaxLost) {
    return Outcome(CapacityFailure{"Too many guests of this process were lost with their threads; restart it",
                                   static_cast<double>(FatalGuard::kMaxLost),
                                   static_cast<double>(FatalGuard::lost_count())});
  }
  if (IsolateHolder::live_count() >= kMaxIsolates) {
    return Outcome(CapacityFailure{"Too many runtimes are open in this process", static_cast<double>(kMaxIsolates),
                                   static_cast<double>(IsolateHolder::live_count())});
  }
  Undertaker::Start();
  auto guest = std::make_shared<Guest>(std::move(options), std::move(host));
  auto runner = std::make_shared<ForegroundRunner>();
  guest->holder_ = std::make_unique<IsolateHolder>(std::move(platform), guest->options_, runner);
  guest->allocator_ = guest->holder_->shared_allocator();
  runner->Attach(guest);
  guest->foreground_ = runner;
  guest->Borrow(nullptr, 0);  // nobody else knows it yet
  std::optional<Outcome> failed = guest->SetUp();
  if (failed) {
    guest->gate_.StopForGood(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""});
    guest->Teardown();
    guest->GiveBack();
    return *std::move(failed);
  }
  guest->GiveBack();
  return guest;
}

Guest::Guest(GuestOptions options, std::shared_ptr<Host> host)
    : options_(std::move(options)),
      host_(std::move(host)),
      heap_limit_(gate_, options_.max_heap_size),
      host_functions_(*this),
      promises_(*this),
      modules_(*this),
      timers_(*this),
      crossing_(*this) {}

Guest::~Guest() {
  if (holder_) Teardown();
}

std::optional<Outcome> Guest::SetUp() {
  v8::Isolate* isolate = holder_->isolate();
  isolate->SetData(0, this);
  gate_.Attach(isolate);
  heap_limit_.Install(isolate);
  allocator_->OnRefusedTooOften(
      [](void* data) {
        auto* guest = static_cast<Guest*>(data);
        guest->heap_limit_.Exceeded(guest->allocator().used());
      },
      this);
  FatalGuard::Install(isolate);
  rejections_.Install(isolate);
  modules_.Install(isolate);
  isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  isolate->SetCaptureStackTraceForUncaughtExceptions(true, 32);
  // One thread per isolate: waiting for another that can't exist would only block a worker.
  isolate->SetAllowAtomicsWait(false);
  isolate->SetAllowWasmCodeGenerationCallback([](v8::Local<v8::Context>, v8::Local<v8::String>) {
    Guest* guest = From(v8::Isolate::GetCurrent());
    return guest != nullptr && guest->options_.code_generation_wasm;
  });
  {
    v8::Locker locker(isolate);
    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope scope(isolate);
    FatalGuard::Scope fatal(*this);
    v8::Local<v8::Context> context = v8::Context::New(isolate);
    if (context.IsEmpty()) {
      return Outcome(gate_.final_stop().value_or(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "no context"}));
    }
    context_.Reset(isolate, context);
    context->AllowCodeGenerationFromStrings(options_.code_generation_strings);
    v8::Context::Scope context_scope(context);
    if (!value::PrepareContext(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the context could not be prepared"});
    }
    if (!InstallGlobals(context, options_)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the globals could not be set up"});
    }
    // A snapshot stores the constructors of V8; who starts from it gets ours.
    if (foreground_ && !buffers_.Install(context, allocator_)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the buffers could not be set up"});
    }
    if (!options_.streams.empty() && !streams_.Load(context, options_.streams)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the streams could not be set up"});
    }
    if (options_.console && !console_.Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the console could not be set up"});
    }
    NoteHeap(isolate);
  }
  Watchdog::Get().Register(this);
  if (options_.has_bootstrap) {
    IsolateLock lock(*this);
    Call call(0, CallKind::kInternal, options_.bootstrap_limits);
    ScriptProgram program(options_.bootstrap);
    Outcome outcome = RunToValue(lock, call, program);
    if (auto* message = std::get_if<value::Message>(&outcome)) {
      DropMessage(*this, *message);
    } else if (!std::holds_alternative<value::Failure>(outcome)) {
      return outcome;  // a value that can't cross is no failure: nobody asked for it
    }
  }
  return std::nullopt;
}

// --- Calls ---

void Guest::Start(uint64_t call_id, CallKind kind, const CallLimits& limits, std::unique_ptr<Program> program) {
  auto call = std::make_shared<Call>(call_id, kind, limits);
  stats_.Count(kind);
  last_timeout_.store(limits.timeout_ms, std::memory_order_relaxed);
  if (size_t waiting = calls_.size(); waiting >= kMaxCalls) {
    host_->CallSettled(call_id, CapacityFailure{"Too many calls of this runtime wait for their answer",
                                                static_cast<double>(kMaxCalls), static_cast<double>(waiting)});
    return;
  }
  if (!calls_.Add(call)) {
    host_->CallSettled(call_id, gate_.final_stop().value_or(Stop{StopReason::kClosed, 0, 0, Phase::kQueued, ""}));
    return;
  }
  if (call->deadline != kNever) Watchdog::Get().Arm(this, call->deadline);
  Post(std::make_unique<CallTask>(std::move(call), std::move(program)));
}

Outcome Guest::RunNow(CallKind kind, uint64_t call_id, const CallLimits& limits, std::unique_ptr<Program> program,
                      TurnWaiter& waiter, const std::shared_ptr<ReplySlot>& inside) {
  stats_.Count(kind);
  last_timeout_.store(limits.timeout_ms, std::memory_order_relaxed);
  Outcome outcome = Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""};
  if (gone_.load(std::memory_order_acquire) || lost()) {
    outcome = gate_.final_stop().value_or(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""});
  } else if (options_.sync_in_place || inside || HasTurn()) {
    Call call(call_id, kind, limits);
    bool ran = WithLockUntil([&](const IsolateLock& lock) { outcome = RunToValue(lock, call, *program); }, waiter,
                             inside, call.deadline);
    if (!ran) {
      std::optional<Stop> stop = gate_.final_stop();
      outcome = stop ? *stop : call.TimedOut(StopReason::kWallTimeout);
    }
  } else {
    outcome = RunOnEngineThread(std::make_shared<SyncJob>(kind, call_id, limits, std::move(program), waiter), waiter);
  }
  const Stop* stop = std::get_if<Stop>(&outcome);
  if (stop != nullptr && IsTimeout(*stop)) stats_.timeouts.fetch_add(1, std::memory_order_relaxed);
  return outcome;
}

Outcome Guest::RunOnEngineThread(const std::shared_ptr<SyncJob>& job, TurnWaiter& waiter) {
  {
    std::lock_guard<std::mutex> lock(sync_jobs_mutex_);
    sync_jobs_.push_back(job);
  }
  Post(std::make_unique<SyncTask>(shared_from_this(), job));
  // A stopped guest gets a moment to unwind and say so itself.
  int64_t until = job->call().deadline == kNever ? kNever : job->call().deadline + kUnwind;
  for (int spins = 0; spins < kSpins && !job->done(); ++spins) CpuRelax();
  bool gave_up = false;
  while (!job->done() && job->FallAsleep()) {
    if (SteadyNow() >= until && job->Abandon()) {
      gave_up = true;
      break;
    }
    waiter.Wait(until);
  }
  {
    std::lock_guard<std::mutex> lock(sync_jobs_mutex_);
    std::erase(sync_jobs_, job);
  }
  return gave_up ? Outcome(job->call().TimedOut(StopReason::kWallTimeout)) : job->Take();
}

void Guest::RunWhenFree(std::unique_ptr<Program> program, const CallLimits& limits) {
  {
    std::lock_guard<std::mutex> lock(deferred_mutex_);
    deferred_.push_back(std::make_unique<InternalTask>(std::move(program), limits));
  }
  PostCheckpoint();
}

void Guest::RunDeferred(const IsolateLock& lock) {
  std::vector<std::unique_ptr<Task>> deferred;
  {
    std::lock_guard<std::mutex> guard(deferred_mutex_);
    deferred.swap(deferred_);
  }
  for (const std::unique_ptr<Task>& task : deferred) task->Run(lock);
}

bool Guest::WithLockUntil(const std::function<void(const IsolateLock&)>& work, TurnWaiter& waiter,
                          const std::shared_ptr<ReplySlot>& inside, int64_t deadline) {
  if (gone_.load(std::memory_order_acquire)) return false;
  if (HasTurn()) {
    IsolateLock lock(*this);
    work(lock);
    return true;
  }
  if (inside) {
    // The guest waits for the host on its own thread and holds the isolate: it does the work there.
    struct Signal {
      std::mutex mutex;  // guards done, and the waiter's life until it was woken
      bool done = false;
    };
    auto signal = std::make_shared<Signal>();
    auto finished = [&] {
      std::lock_guard<std::mutex> lock(signal->mutex);
      return signal->done;
    };
    if (inside->Offer([&work, &waiter, signal](const IsolateLock& lock) {
          work(lock);
          std::lock_guard<std::mutex> guard(signal->mutex);
          signal->done = true;
          waiter.Wake();
        })) {
      while (!finished()) waiter.Wait(kNever);
      return true;
    }
  }
  if (!Borrow(&waiter, deadline)) return false;
  bool ran = false;
  if (!gone_.load(std::memory_order_acquire)) {
    on_host_thread_.store(true, std::memory_order_relaxed);
    Watchdog::Get().Arm(this, SteadyNow() + kProbeInterval);
    {
      IsolateLock lock(*this);
      RunDeferred(lock);
      work(lock);
    }
    on_host_thread_.store(false, std::memory_order_relaxed);
    ran = true;
    if (gate_.final_stop()) Teardown();
  }
  GiveBack();
  return ran;
}

bool Guest::Settle(uint64_t call_id, Outcome outcome) {
  if (!calls_.Take(call_id)) {
    DropOutcome(*this, outcome);
    return false;
  }
  host_->CallSettled(call_id, std::move(outcome));
  return true;
}

void Guest::SettleStopped(uint64_t call_id, Outcome outcome) {
  if (!calls_.Take(call_id)) {
    DropOutcome(*this, outcome);
    return;
  }
  const Stop* stop = std::get_if<Stop>(&outcome);
  // Counted before the answer: who has it may look at once.
  if (stop != nullptr && IsTimeout(*stop)) stats_.timeouts.fetch_add(1, std::memory_order_relaxed);
  host_->CallSettled(call_id, std::move(outcome));
  Post(std::make_unique<AbandonTask>(call_id));
}

bool Guest::Cancel(uint64_t call_id) {
  Stop stop{StopReason::kAborted, 0, 0, Phase::kSync, ""};
  // A synchronous call is not in the table: it is stopped where it is.
  if (!Settle(call_id, stop)) return gate_.StopCall(call_id, stop);
  Abandon(call_id, stop);
  return true;
}

void Guest::Abandon(uint64_t call_id, const Stop& stop) {
  if (!gate_.StopCall(call_id, stop)) {
    {
      std::lock_guard<std::mutex> lock(runaways_mutex_);
      runaways_.insert(call_id);
    }
    gate_.RequestInterrupt(StopRunaway, this);
  }
  Post(std::make_unique<AbandonTask>(call_id));
}

void Guest::StopRunaway(v8::Isolate* isolate, void* data) {
  auto* guest = static_cast<Guest*>(data);
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (context.IsEmpty()) return;
  uint64_t current = CurrentCallId(context);
  {
    std::lock_guard<std::mutex> lock(guest->runaways_mutex_);
    if (guest->runaways_.count(current) == 0) return;
  }
  guest->gate_.StopInnermost(Stop{StopReason::kDropped, 0, 0, Phase::kPending, ""});
}

void Guest::ProbeHostThread(v8::Isolate*, void* data) {
  auto* guest = static_cast<Guest*>(data);
  if (guest->host_->OnHostThread() && guest->host_->HostThreadEnding()) guest->Terminate(kHostThreadEnds);
}

void Guest::ProbeMemory(v8::Isolate* isolate, void* data) {
  auto* guest = static_cast<Guest*>(data);
  size_t limit = guest->options_.max_heap_size;
  if (limit == 0) return;
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  if (statistics.external_memory() > limit) guest->heap_limit_.Exceeded(statistics.external_memory());
  size_t used = statistics.used_heap_size();
  if (used > limit + kYoungObjects) guest->heap_limit_.Exceeded(used);
}

void Guest::AccountFrame() {
  int64_t now = SteadyNow();
  int64_t wall = now - clock.wall_began;
  int64_t cpu = std::clamp(CpuMeter::End(clock.wall_began, now) - clock.cpu_began, clock.cpu_counted, wall);
  stats_.Ran(clock.kind, wall - clock.wall_counted, cpu - clock.cpu_counted, wall, cpu);
  clock.wall_counted = wall;
  clock.cpu_counted = cpu;
  if (now - heap_noted_ > kHeapNoteInterval) {
    NoteHeap(isolate());
    heap_noted_ = now;
  }
}

void Guest::FailStarted(uint64_t culprit) {
  // The culprit stays in the table: it is answered with what stopped it.
  for (const std::shared_ptr<Call>& call : calls_.TakeStarted(culprit)) {
    Stop stop{StopReason::kDropped, 0, 0, call->phase.load(std::memory_order_relaxed), ""};
    host_->CallSettled(call->id, std::move(stop));
  }
}

void Guest::PostCheckpoint() { Post(std::make_unique<CheckpointTask>()); }

void Guest::SettleHostPromise(uint64_t promise_id, HostReply reply) {
  Post(std::make_unique<SettlePromiseTask>(host_, promise_id, std::move(reply)));
}

void Guest::ReleaseFunction(uint64_t id, uint64_t count) { Post(std::make_unique<ReleaseFunctionTask>(id, count)); }

void Guest::ReleaseHandles(std::vector<value::Handle> handles) {
  for (const value::Handle& handle : handles) {
    if (handle.kind == value::HandleKind::kGuestFunction || handle.kind == value::HandleKind::kGuestStream) {
      ReleaseFunction(handle.id, 1);
    }
  }
}

CallLimits Guest::ContinuationLimits() const {
  CallLimits limits = calls_.WidestLimits();
  limits.timeout_ms = std::max(limits.timeout_ms, last_timeout_.load(std::memory_order_relaxed));
  // Without calls in flight: what the runtime gives a call.
  if (limits.timeout_ms == 0) limits.timeout_ms = options_.bootstrap_limits.timeout_ms;
  if (limits.cpu_timeout_ms == 0) limits.cpu_timeout_ms = options_.bootstrap_limits.cpu_timeout_ms;
  return limits;
}

// --- The end ---

void Guest::Terminate(std::string reason) {
  gate_.StopForGood(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, std::move(reason)});
  Stopped();
}

void Guest::Close() {
  gate_.StopForGood(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""});
  Stopped();
}

void Guest::EndIfStopped() {
  if (!gate_.final_stop()) {
    std::lock_guard<std::mutex> lock(runaways_mutex_);
    runaways_.clear();
    return;
  }
  Stopped();
}

void Guest::Stopped() {
  if (ended_.exchange(true)) return;
  Stop stop = *gate_.final_stop();
  for (const std::shared_ptr<Call>& call : calls_.Shut()) {
    Stop answer = stop;
    answer.phase = call->phase.load(std::memory_order_relaxed);
    host_->CallSettled(call->id, std::move(answer));
  }
  host_->PostEvent(Ended{stop});
  // Whoever has the turn tears down when it ends; this makes sure that there is a turn.
  Post(std::make_unique<LastTask>());
  if (!lost_.load() && Borrow(nullptr, 0)) {
    Teardown();
    GiveBack();
  }
}

bool Guest::DeclareLost(const std::string& why, const Gate::Entry* entry) {
  // Under the gate's mutex: a thread that left its frame before will do without us, one that leaves after is parked.
  if (!gate_.Lose(entry)) return false;
  if (lost_.exchange(true)) return false;
  FatalGuard::CountLost();
  Executor::Get().LoseThread();
  gate_.StopForGood(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, why});
  Watchdog::Get().Unregister(this);
  Stopped();
  std::vector<std::shared_ptr<SyncJob>> jobs;
  {
    std::lock_guard<std::mutex> lock(sync_jobs_mutex_);
    jobs = sync_jobs_;
  }
  for (const std::shared_ptr<SyncJob>& job : jobs) job->Finish(*gate_.final_stop());
  host_->PostEvent(Fatal{why});
  Lose();
  // For the host it is gone: nothing will ever come from it.
  host_->IsolateGone();
  return true;
}

void Guest::Teardown() {
  if (gone_.load()) return;
  Watchdog::Get().Unregister(this);
  {
    v8::Isolate* isolate = holder_->isolate();
    v8::Locker locker(isolate);
    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope scope(isolate);
    functions_.Clear();
    host_functions_.Clear();
    promises_.Clear();
    modules_.Clear();
    rejections_.Clear();
    timers_.Clear();
    streams_.Clear();
    if (foreground_) foreground_->Close();
    context_.Reset();
  }
  NoteHeap(nullptr);
  holder_.reset();
  gone_.store(true, std::memory_order_release);
  host_->IsolateGone();
}

Guest::State Guest::state() const {
  std::optional<Stop> stop = gate_.final_stop();
  if (!stop) return State::kOpen;
  if (stop->reason != StopReason::kClosed) return State::kTerminated;
  return gone_.load(std::memory_order_acquire) ? State::kClosed : State::kClosing;
}

// --- Turns ---

void Guest::RunBatch(Batch& batch) {
  if (gone_.load(std::memory_order_acquire)) return;
  {
    IsolateLock lock(*this);
    if (!gate_.final_stop()) RunDeferred(lock);
    for (std::unique_ptr<Task>& task : batch) {
      if (gate_.final_stop() && !task->RunsWhenStopped()) continue;
      v8::HandleScope scope(lock.isolate());
      task->Run(lock);
      task.reset();
    }
  }
  if (gate_.final_stop()) Teardown();
}

int64_t Guest::OnDue(int64_t now) {
  std::optional<Gate::Expired> stopped;
  int64_t next = gate_.CheckDeadlines(now, &stopped);
  // The caller does not wait for a guest that needs long to unwind.
  if (stopped) SettleStopped(stopped->call_id, stopped->stop);
  if (on_host_thread_.load(std::memory_order_relaxed)) {
    gate_.RequestInterrupt(ProbeHostThread, this);
    next = std::min(next, now + kProbeInterval);
  }
  if (gate_.entered()) {
    gate_.RequestInterrupt(ProbeMemory, this);
    next = std::min(next, now + kMemoryProbe);
    std::optional<Gate::Entry> stuck;
    if (!on_host_thread_.load(std::memory_order_relaxed)) stuck = gate_.Stuck(now);
    if (stuck) {
      Undertaker::Bury(shared_from_this(), *stuck, "it was stopped, but a native routine of V8 does not end");
    }
  }
  // A call that is on the stack right now is the gate's business: it answers when it unwinds, with its time counted.
  auto inside = [this](uint64_t id) { return gate_.OnStack(id); };
  for (const std::shared_ptr<Call>& call : calls_.TakeExpired(now, inside, &next)) {
    Stop stop = call->TimedOut(StopReason::kWallTimeout);
    stats_.timeouts.fetch_add(1, std::memory_order_relaxed);
    host_->CallSettled(call->id, stop);
    Abandon(call->id, stop);
  }
  return std::min(next, timers_.OnDue(now));
}

size_t Guest::noted_heap_used() {
  std::lock_guard<std::mutex> lock(heap_mutex_);
  return heap_.used;
}

HeapNumbers Guest::heap_numbers() {
  bool had_turn = HasTurn();
  if (!gone_.load(std::memory_order_acquire) && (had_turn || Borrow(nullptr, 0))) {
    if (holder_) NoteHeap(holder_->isolate());
    if (!had_turn) GiveBack();
  }
  std::lock_guard<std::mutex> lock(heap_mutex_);
  return heap_;
}

void Guest::NoteHeap(v8::Isolate* isolate) {
  HeapNumbers numbers;
  if (isolate != nullptr) {
    v8::HeapStatistics statistics;
    isolate->GetHeapStatistics(&statistics);
    numbers = {statistics.total_heap_size(), statistics.used_heap_size(),      statistics.heap_size_limit(),
               statistics.external_memory(), statistics.total_physical_size(), statistics.malloced_memory()};
  }
  std::lock_guard<std::mutex> lock(heap_mutex_);
  heap_ = numbers;
}

}  // namespace isolet
