#include "snapshot/builder.h"

#include <utility>

#include "calls/no_host.h"
#include "guest/engine_threads.h"
#include "isolate/no_tasks.h"
#include "lost/fatal_guard.h"
#include "programs/programs.h"
#include "snapshot/header.h"
#include "snapshot/restore_check.h"

namespace isolet {
namespace {

// Follows the reason that V8 gave.
constexpr const char* kUnstorable =
    ". The scripts took too much memory, left something that can't be stored (of Intl, asm.js, a FinalizationRegistry) "
    "or froze built-in objects, to some of which V8 adds when it restores them. Do that in each runtime instead.";

// Reactions that a script leaves in the snapshot keep the number of its call: no runtime has calls with such numbers.
constexpr uint64_t kScriptIds = uint64_t{1} << 52;

Stop Closed() { return Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""}; }

}  // namespace

// Scripts of a snapshot have no host. Of interest is that one of them was given up while it ran on, in a routine of V8
// that does not look whether it should stop, and that the isolate was lost.
class SnapshotBuild::NobodysHost final : public NoHost {
 public:
  explicit NobodysHost(std::weak_ptr<SnapshotBuild> build) : build_(std::move(build)) {}

  void PostEvent(GuestEvent event) override {
    auto* fatal = std::get_if<Fatal>(&event);
    if (fatal == nullptr) return;
    if (auto build = build_.lock()) {
      build->Finish(Outcome(SnapshotFailure{fatal->message + kUnstorable}));
      build->NoLongerBusy();
    }
  }
  void CallSettled(uint64_t, Outcome outcome, std::unique_ptr<InFlight>) override {
    const auto* stop = std::get_if<isolet::Stop>(&outcome);
    // Any other end the build itself sees, with everything taken down.
    if (stop == nullptr || !IsTimeout(*stop)) return;
    if (auto build = build_.lock()) build->Finish(std::move(outcome));
  }

 private:
  const std::weak_ptr<SnapshotBuild> build_;
};

SnapshotBuild::SnapshotBuild(std::shared_ptr<IsolatePlatform> platform, SnapshotRequest request,
                             std::function<void(Result)> done, std::function<std::shared_ptr<void>()> begin)
    : platform_(std::move(platform)), request_(std::move(request)), begin_(std::move(begin)), done_(std::move(done)) {}

SnapshotBuild::~SnapshotBuild() = default;

void SnapshotBuild::RunTurn() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    busy_ = begin_();
    if (!busy_) return;
  }
  Finish(Build());
  NoLongerBusy();
}

void SnapshotBuild::Stop() {
  std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  if (current_) current_->gate().StopForGood(Closed());
}

bool SnapshotBuild::SetCurrent(std::shared_ptr<Guest> guest) {
  std::lock_guard<std::mutex> lock(mutex_);
  current_ = std::move(guest);
  return !stopped_;
}

void SnapshotBuild::Finish(Result result) {
  std::function<void(Result)> done;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    done = std::exchange(done_, nullptr);
  }
  if (done) done(std::move(result));
}

void SnapshotBuild::NoLongerBusy() {
  std::lock_guard<std::mutex> lock(mutex_);
  busy_.reset();
}

SnapshotBuild::Result SnapshotBuild::Build() {
  if (!kSnapshotsRestore) {
    return Outcome(SnapshotFailure{"This Node restores startup snapshots wrongly; scripts are replayed instead."});
  }
  for (const auto* scripts : {&request_.scripts, &request_.warmup}) {
    for (const Source& script : *scripts) {
      if (!HasAsmModule(script.code)) continue;
      return Outcome(SnapshotFailure{script.filename + " has an asm.js module, which can't be stored in a snapshot."});
    }
  }
  Payload payload = Stage(nullptr, request_.scripts);
  if (auto* failed = std::get_if<Outcome>(&payload)) return std::move(*failed);
  if (!request_.warmup.empty()) {
    auto base = std::make_shared<const std::vector<char>>(std::move(std::get<std::vector<char>>(payload)));
    payload = Stage(std::move(base), request_.warmup);
    if (auto* failed = std::get_if<Outcome>(&payload)) return std::move(*failed);
  }
  const auto& made = std::get<std::vector<char>>(payload);
  uint64_t heap_bytes = 0;
  std::string wrong = Prove(made, &heap_bytes);
  if (!wrong.empty()) return Outcome(SnapshotFailure{std::move(wrong)});
  BuiltSnapshot built;
  built.bytes = AddSnapshotHeader(made, heap_bytes, abilities());
  auto stored = StoreSnapshot(built.bytes.data(), built.bytes.size());
  if (auto* unfit = std::get_if<std::string>(&stored)) return Outcome(SnapshotFailure{std::move(*unfit)});
  built.stored = std::move(std::get<std::shared_ptr<StoredSnapshot>>(stored));
  built.stored->NoteProven();
  return built;
}

std::string SnapshotBuild::Prove(const std::vector<char>& payload, uint64_t* heap_bytes) {
  // Stands in for the isolate's guest if V8 stops this thread because it can't restore what it stored.
  auto guest = std::make_shared<Guest>(GuestOptions{}, std::make_shared<NobodysHost>(weak_from_this()));
  guest->Borrow(nullptr, 0);
  std::string wrong;
  {
    FatalGuard::Scope fatal(*guest);
    wrong = CheckRestore(platform_, payload, heap_bytes);
  }
  guest->GiveBack();
  return wrong;
}

SnapshotBuild::Payload SnapshotBuild::Stage(std::shared_ptr<const std::vector<char>> base,
                                            const std::vector<Source>& scripts) {
  const bool warming = base != nullptr;
  if (std::optional<CapacityFailure> refused = StartEngineThreads()) return Outcome(*std::move(refused));
  GuestOptions options;
  options.max_heap_size = request_.max_heap_size;
  options.makes_snapshot = true;
  options.max_timers = request_.max_timers;
  options.streams = request_.streams;
  options.web = request_.web;
  if (warming) options.in_snapshot = abilities();
  options.snapshot = std::move(base);
  auto guest = std::make_shared<Guest>(std::move(options), std::make_shared<NobodysHost>(weak_from_this()));
  guest->Hold(std::make_unique<IsolateHolder>(platform_, guest->options_, std::make_shared<NoTasks>(),
                                              IsolateHolder::Purpose::kMakeSnapshot));
  guest->Borrow(nullptr, 0);  // nobody else knows it yet
  Payload payload = Outcome(Closed());
  if (SetCurrent(guest)) {
    FatalGuard::Scope fatal(*guest);
    StackTraceLimit limit;  // gone before the isolate is
    std::optional<Outcome> failed = guest->SetUp();
    if (!failed) {
      IsolateLock lock(*guest);
      RefuseAsmModules(lock.isolate(), lock.context());
      limit.Add(lock.isolate(), lock.context());
    }
    for (size_t i = 0; i < scripts.size() && !failed; ++i) {
      IsolateLock lock(*guest);
      // In the table, so that whoever waits has an answer when the time is over.
      auto call = std::make_shared<Call>(kScriptIds + i, CallKind::kSnapshotScript, CallLimits{request_.timeout_ms, 0});
      guest->calls_.Add(call, {});
      // Its code comes to be in the snapshot itself.
      ScriptProgram script(scripts[i], ScriptProgram::Value::kDropped, KeepCode::kNever);
      Outcome outcome = RunToValue(lock, *call, script);
      guest->calls_.Take(call->id);
      if (IsValue(outcome)) continue;
      // What was thrown can't bring functions along: their isolate is about to go.
      if (auto* error = std::get_if<GuestError>(&outcome)) {
        if (error->thrown && !error->thrown->handles.empty()) error->thrown.reset();
      }
      failed = std::move(outcome);
    }
    if (failed) {
      payload = *std::move(failed);
    } else {
      payload = Store(*guest, warming, limit);
    }
  }
  SetCurrent(nullptr);
  guest->gate_.StopForGood(Closed());
  guest->Teardown();
  guest->GiveBack();
  return payload;
}

SnapshotBuild::Payload SnapshotBuild::Store(Guest& guest, bool warmed, StackTraceLimit& limit) {
  v8::Isolate* isolate = guest.isolate();
  v8::SnapshotCreator& creator = *guest.holder_->snapshot_creator();
  guest.seat_.Take(isolate);
  {
    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope scope(isolate);
    v8::Local<v8::Context> context = warmed ? v8::Context::New(isolate) : guest.context(isolate);
    v8::Local<v8::Context> proof;
    if (context.IsEmpty() ||
        !(warmed ? v8::Context::FromSnapshot(isolate, kRestoreCheckContext) : MakeRestoreCheckContext(isolate))
             .ToLocal(&proof)) {
      return Outcome(SnapshotFailure{"There is not enough memory to make the snapshot."});
    }
    guest.context_.Reset();
    // The context that is stored is another one than that of the warm-up.
    if (warmed && abilities().streams && !guest.streams_.Restore(context)) {
      return Outcome(SnapshotFailure{"The streams can't be stored."});
    }
    if (warmed && abilities().web && !guest.web_.Restore(context, guest)) {
      return Outcome(SnapshotFailure{"The web's APIs can't be stored."});
    }
    {
      v8::Context::Scope context_scope(context);
      if (warmed) limit.Add(isolate, context);
      if (!limit.Remove(isolate, context)) {
        return Outcome(SnapshotFailure{"The scripts froze Error, and a snapshot of that can't be restored."});
      }
      v8::Context::Scope proof_scope(proof);
      StackTraceLimit of_proof;
      of_proof.Add(isolate, proof);
      if (!of_proof.Remove(isolate, proof)) return Outcome(SnapshotFailure{"There is not enough memory."});
    }
    if (!warmed) {
      std::string unstorable = FindUnstorable(platform_, isolate, context);
      if (!unstorable.empty()) return Outcome(SnapshotFailure{std::move(unstorable)});
    }
    creator.SetDefaultContext(context);
    creator.AddContext(proof);
    if (abilities().streams) guest.streams_.Store(creator, context);
    if (abilities().web) guest.web_.Store(creator, context);
  }
  guest.functions_.Clear();
  guest.host_functions_.Clear();
  guest.promises_.Clear();
  guest.modules_.Clear();
  guest.rejections_.Clear();
  guest.timers_.Clear();
  guest.streams_.Clear();
  guest.crossing_.Clear();
  guest.web_objects_.Clear();
  guest.web_.Clear();
  guest.intl_memory_.Clear();
  guest.wasm_.Clear();
  guest.wasm_memories_.Clear();
  guest.memory_budget_.Uninstall(isolate);
  v8::StartupData blob = creator.CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
  std::unique_ptr<const char[]> owner(blob.data);
  if (blob.data == nullptr || blob.raw_size <= 0) return Outcome(SnapshotFailure{"V8 could not store this state."});
  return std::vector<char>(blob.data, blob.data + blob.raw_size);
}

}  // namespace isolet
