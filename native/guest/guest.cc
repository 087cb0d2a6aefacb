#include "guest/guest.h"

#include <algorithm>
#include <utility>

#include "calls/no_host.h"
#include "guest/engine_threads.h"
#include "guest/stock.h"
#include "guest/tasks.h"
#include "isolate/foreground_runner.h"
#include "threads/burst.h"
#include "threads/spinner.h"

namespace isolet {
namespace {

// The turn it causes is what it is for.
class ExpectTask final : public Task {
 public:
  void Run(const IsolateLock&) override {}
};

}  // namespace

Guest::Made Guest::Create(GuestStock& stock, GuestOptions options, std::shared_ptr<Host> host) {
  auto admitted = Admission::Get().Admit(options.max_heap_size);
  if (auto* refused = std::get_if<CapacityFailure>(&admitted)) return Outcome(std::move(*refused));
  if (std::optional<CapacityFailure> refused = StartEngineThreads()) return Outcome(*std::move(refused));
  auto ticket = std::get<std::unique_ptr<Admission::Ticket>>(std::move(admitted));
  std::shared_ptr<Guest> guest = stock.Take(options);
  if (guest) {
    guest->Adopt(std::move(options), std::move(host));
  } else {
    SetUpGuest made = Make(stock.platform(), std::move(options), std::move(host));
    if (auto* failed = std::get_if<Outcome>(&made)) return std::move(*failed);
    guest = std::get<std::shared_ptr<Guest>>(std::move(made));
  }
  guest->Serve(std::move(ticket));
  stock.NoteMade(guest->options_);
  return guest;
}

Guest::SetUpGuest Guest::Make(const std::shared_ptr<IsolatePlatform>& platform, GuestOptions options,
                              std::shared_ptr<Host> host) {
  const auto purpose = host ? IsolateHolder::Purpose::kRun : IsolateHolder::Purpose::kStock;
  if (!host) host = std::make_shared<NoHost>();
  auto guest = std::make_shared<Guest>(std::move(options), std::move(host));
  guest->foreground_ = std::make_shared<ForegroundRunner>();
  guest->Hold(std::make_unique<IsolateHolder>(platform, guest->options_, guest->foreground_, purpose));
  guest->Borrow(nullptr, 0);  // nobody else knows it yet
  std::optional<Outcome> failed = guest->SetUp();
  guest->GiveBack();
  if (!failed) return guest;
  guest->Discard();
  return *std::move(failed);
}

void Guest::EnterStock() { holder_->EnterStock(); }

void Guest::LeaveStock(bool taken) { holder_->LeaveStock(taken); }

void Guest::Adopt(GuestOptions options, std::shared_ptr<Host> host) {
  options_ = std::move(options);
  host_ = std::move(host);
}

void Guest::Serve(std::unique_ptr<Admission::Ticket> ticket) {
  ticket_ = std::move(ticket);
  web_.Begin();
  foreground_->Attach(weak_from_this());
}

void Guest::Expect() {
  if (Spinner::Possible()) Post(std::make_unique<ExpectTask>());
}

void Guest::Discard() {
  gate_.StopForGood(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""});
  if (!Borrow(nullptr, 0)) return;
  Teardown();
  GiveBack();
}

Guest::Guest(GuestOptions options, std::shared_ptr<Host> host)
    : Parts({.options = options_,
             .host = host_,
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
             .seat = seat_,
             .crossing = crossing_,
             .functions = functions_,
             .held = held_,
             .host_functions = host_functions_,
             .promises = promises_,
             .rejections = rejections_,
             .settlement = settlement_,
             .streams = streams_,
             .web_objects = web_objects_,
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

void Guest::RunBatch(Batch& batch) {
  if (gone_.load(std::memory_order_acquire)) return;
  {
    Burst burst(batch.size() > 1);
    IsolateLock lock(*this);
    if (!gate_.stopped_for_good()) RunDeferred(lock);
    for (std::unique_ptr<Task>& task : batch) {
      if (gate_.stopped_for_good() && !task->RunsWhenStopped()) continue;
      v8::HandleScope scope(lock.isolate());
      task->Run(lock);
      task.reset();
    }
    if (!gate_.stopped_for_good()) modules_.evaluation().waits().EndHopeless();
  }
  if (gate_.stopped_for_good()) Teardown();
}

HeapNumbers Guest::heap_numbers() {
  const auto note = [this] {
    if (holder_) heap_notes_.Note(isolate_);
  };
  if (HasTurn()) {
    note();
  } else {
    LookIfIdle(note);
  }
  return heap_notes_.numbers();
}

}  // namespace isolet
