#include "guest/guest.h"

#include <algorithm>
#include <utility>

#include "code/dynamic_code.h"
#include "guest/engine_threads.h"
#include "guest/tasks.h"
#include "isolate/foreground_runner.h"
#include "isolate/stock.h"
#include "lost/fatal_guard.h"
#include "lost/heap_pages.h"
#include "lost/lost_threads.h"
#include "realm/buffer_constructors.h"
#include "realm/globals.h"
#include "value/codec.h"
#include "wasm/guard.h"
#include "wasm/instances.h"

namespace isolet {
namespace {

constexpr const char* kHostThreadEnds = "the thread that owns the runtime is ending";

}  // namespace

std::variant<std::shared_ptr<Guest>, Outcome> Guest::Create(IsolateStock& stock, GuestOptions options,
                                                            std::shared_ptr<Host> host) {
  auto admitted = Admission::Get().Admit(options.max_heap_size);
  if (auto* refused = std::get_if<CapacityFailure>(&admitted)) return Outcome(std::move(*refused));
  if (std::optional<CapacityFailure> refused = StartEngineThreads()) return Outcome(*std::move(refused));
  auto guest = std::make_shared<Guest>(std::move(options), std::move(host));
  guest->ticket_ = std::get<std::unique_ptr<Admission::Ticket>>(std::move(admitted));
  IsolateRecipe recipe = RecipeOf(guest->options_);
  std::unique_ptr<UnusedIsolate> unused = stock.TakeOrMake(recipe);
  guest->Hold(std::move(unused->holder));
  guest->context_ = std::move(unused->context);
  guest->foreground_ = unused->runner;
  unused->runner->Attach(guest);
  guest->Borrow(nullptr, 0);  // nobody else knows it yet
  std::optional<Outcome> failed = guest->SetUp();
  if (failed) {
    guest->gate_.StopForGood(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""});
    guest->Teardown();
    guest->GiveBack();
    return *std::move(failed);
  }
  guest->GiveBack();
  stock.NoteMade(recipe);
  return guest;
}

Guest::Guest(GuestOptions options, std::shared_ptr<Host> host)
    : Parts({.options = options_,
             .host = *host,
             .life = *this,
             .losable = *this,
             .turns = *this,
             .watched = *this,
             .gate = gate_,
             .calls = calls_,
             .call_ties = call_ties_,
             .entry_state = entry_state_,
             .unattended_work = unattended_work_,
             .runaways = runaways_,
             .stats = stats_,
             .heap_limit = heap_limit_,
             .heap_notes = heap_notes_,
             .memory_budget = memory_budget_,
             .buffers = buffers_,
             .time_zone = time_zone_,
             .crossing = crossing_,
             .functions = functions_,
             .held = held_,
             .host_functions = host_functions_,
             .promises = promises_,
             .rejections = rejections_,
             .settlement = settlement_,
             .streams = streams_,
             .wasm = wasm_,
             .wasm_memories = wasm_memories_,
             .async_waits = async_waits_,
             .console = console_,
             .console_methods = console_methods_,
             .intl_memory = intl_memory_,
             .timers = timers_,
             .modules = modules_,
             .web = web_}),
      options_(std::move(options)),
      host_(std::move(host)),
      heap_limit_(gate_, options_.max_heap_size),
      intl_memory_(*this),
      wasm_(*this),
      wasm_memories_(*this),
      memory_budget_(heap_limit_, intl_memory_, wasm_memories_, buffers_, options_.max_heap_size),
      held_(*this),
      functions_(held_),
      host_functions_(*this),
      promises_(*this),
      modules_(*this),
      timers_(*this),
      async_waits_(*this),
      web_(options_.web.clock_resolution),
      crossing_(*this),
      settlement_(*this) {}

Guest::~Guest() {
  if (holder_) Teardown();
}

void Guest::Hold(std::unique_ptr<IsolateHolder> holder) {
  holder_ = std::move(holder);
  isolate_ = holder_->isolate();
  allocator_ = holder_->shared_allocator();
}

std::optional<Outcome> Guest::SetUp() {
  v8::Isolate* isolate = isolate_;
  isolate->SetData(0, static_cast<Parts*>(this));
  gate_.Attach(isolate);
  buffers_.Attach(allocator_);
  heap_limit_.Install(isolate, *allocator_);
  allocator_->OnRefusedTooOften(
      [](void* data) {
        auto* guest = static_cast<Guest*>(data);
        guest->memory_budget_.RanOut(guest->isolate());
      },
      this);
  FatalGuard::Install(isolate);
  rejections_.Install(isolate);
  modules_.Install(isolate);
  WasmGuard::Install(isolate);
  WasmInstances::Install(isolate);
  isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  isolate->SetCaptureStackTraceForUncaughtExceptions(true, 200);
  // One thread per isolate: waiting for another that can't exist would only block a worker.
  isolate->SetAllowAtomicsWait(false);
  isolate->SetAllowWasmCodeGenerationCallback([](v8::Local<v8::Context>, v8::Local<v8::String>) {
    Parts* parts = Parts::Of(v8::Isolate::GetCurrent());
    return parts != nullptr && parts->options().code_generation_wasm;
  });
  {
    v8::Locker locker(isolate);
    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope scope(isolate);
    FatalGuard::Scope fatal(*this);
    // Without one V8 prints what it has to say about a guest's code, such as that its syntax is deprecated.
    if (!options_.makes_snapshot) {
      isolate->AddMessageListenerWithErrorLevel([](v8::Local<v8::Message>, v8::Local<v8::Value>) {},
                                                v8::Isolate::kMessageAll);
    }
    // From the stock it comes with one.
    v8::Local<v8::Context> context = context_.IsEmpty() ? v8::Context::New(isolate) : context_.Get(isolate);
    if (context.IsEmpty()) {
      return Outcome(gate_.final_stop().value_or(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "no context"}));
    }
    context_.Reset(isolate, context);
    v8::Context::Scope context_scope(context);
    if (!value::PrepareContext(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the context could not be prepared"});
    }
    if (!DynamicCode::Install(context, options_) || !InstallGlobals(context, options_)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the globals could not be set up"});
    }
    if (!BufferConstructors::Install(context) || !WasmGuard::Install(context) || !WasmInstances::Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the buffers could not be set up"});
    }
    if (!AsyncWaits::Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "Atomics could not be set up"});
    }
    if (!intl_memory_.Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "Intl could not be set up"});
    }
    if (!SetUpStreams(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the streams could not be set up"});
    }
    if (!SetUpWeb(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the web's APIs could not be set up"});
    }
    if (!options_.snapshot && (options_.console || options_.makes_snapshot || options_.web.on) &&
        !ConsoleMethods::Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the console could not be set up"});
    }
    memory_budget_.Install(isolate, *allocator_, [this](size_t alive) { held_.AfterCollection(alive); });
    HeapPages::Learn(isolate, context, v8::Object::New(isolate));
    heap_notes_.Note(isolate);
  }
  Watchdog::Get().Register(this);
  return std::nullopt;
}

bool Guest::SetUpStreams(v8::Local<v8::Context> context) {
  if (options_.in_snapshot.streams) return streams_.Restore(context);
  return options_.streams.empty() || options_.late_streams || streams_.Load(context, options_.streams);
}

bool Guest::SetUpWeb(v8::Local<v8::Context> context) {
  if (options_.in_snapshot.web) return web_.Restore(context, *this);
  return !options_.web.on || options_.late_web || web_.Load(context, *this);
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
    if (!gate_.final_stop()) modules_.waits().EndHopeless();
  }
  if (gate_.final_stop()) Teardown();
}

int64_t Guest::OnDue(int64_t now) {
  std::optional<Gate::Expired> stopped;
  int64_t next = gate_.CheckDeadlines(now, &stopped);
  // The caller does not wait for a guest that needs long to unwind.
  if (stopped) settlement_.SettleStopped(stopped->call_id, stopped->stop);
  if (on_host_thread_.load(std::memory_order_relaxed)) {
    gate_.RequestInterrupt(ProbeHostThread, this);
    next = std::min(next, now + kProbeInterval);
  }
  if (gate_.entered()) {
    // A guest that waits for the host looks at none: one is enough.
    if (!probe_pending_.exchange(true) && !gate_.RequestInterrupt(ProbeMemory, this)) probe_pending_.store(false);
    next = std::min(next, now + MemoryBudget::kProbeInterval);
    std::optional<Gate::Entry> stuck;
    if (!on_host_thread_.load(std::memory_order_relaxed)) stuck = gate_.Stuck(now);
    if (stuck) {
      LostThreads::Park(shared_from_this(), *stuck, "it was stopped, but a native routine of V8 does not end");
    }
  }
  // A call that is on the stack right now is the gate's business: it answers when it unwinds, with its time counted.
  auto inside = [this](uint64_t id) { return gate_.OnStack(id); };
  for (const std::shared_ptr<Call>& call : calls_.TakeExpired(now, inside, &next)) {
    Stop stop = call->TimedOut(StopReason::kWallTimeout);
    stats_.timeouts.fetch_add(1, std::memory_order_relaxed);
    GiveUp(*call, stop);
  }
  return std::min({next, timers_.OnDue(now), async_waits_.OnDue(now)});
}

void Guest::ProbeHostThread(v8::Isolate*, void* data) {
  auto* guest = static_cast<Guest*>(data);
  if (guest->host_->OnHostThread() && guest->host_->HostThreadEnding()) guest->Terminate(kHostThreadEnds);
}

void Guest::ProbeMemory(v8::Isolate* isolate, void* data) {
  auto* guest = static_cast<Guest*>(data);
  guest->probe_pending_.store(false);
  guest->memory_budget_.Probe(isolate);
}

HeapNumbers Guest::heap_numbers() {
  bool had_turn = HasTurn();
  if (!gone_.load(std::memory_order_acquire) && (had_turn || Borrow(nullptr, 0))) {
    if (holder_) heap_notes_.Note(isolate_);
    if (!had_turn) GiveBack();
  }
  return heap_notes_.numbers();
}

}  // namespace isolet
