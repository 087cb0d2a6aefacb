#include "binding/environment/environment.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "binding/environment/given.h"
#include "binding/environment/node_platform.h"
#include "isolate/admission.h"
#include "threads/burst.h"
#include "value/codec.h"

namespace isolet {
namespace {

// How long an ending environment waits for guests that do not unwind.
constexpr auto kPatience = std::chrono::seconds(2);

// How long one batch may keep the event loop to itself: timers and connections want their turn.
constexpr int64_t kSlice = 10 * 1000 * 1000;
// An answer of a call that was stopped waits at most about so long behind a long queue.
constexpr int64_t kMostLate = 20 * 1000 * 1000;

// Guests that did not unwind when their environment ended, a worker's too.
std::atomic<size_t> left_behind{0};

constexpr const char* kHookNames[] = {"createError",      "importFunction", "importStream", "exportFunction",
                                      "exportedFunction", "exportObject",   "importObject", "releaseExport",
                                      "callHost",         "event",          "callsSettled", "callFailed",
                                      "timeZone"};

}  // namespace

Environment::Environment(Napi::Env env)
    : env_(env),
      isolate_(v8::Isolate::GetCurrent()),
      context_(isolate_, isolate_->GetCurrentContext()),
      platform_(CurrentNodePlatform(isolate_)),
      inbox_(std::make_shared<Inbox>()),
      stock_(std::make_shared<GuestStock>(platform_, creations_)),
      exit_hook_(
          isolate_, [](void* self) { static_cast<Environment*>(self)->End(); }, this) {
  // Fails only when the isolate is out of memory; the codec then does without.
  (void)value::PrepareContext(isolate_->GetCurrentContext());
  uv_loop_t* loop = nullptr;
  works_ = napi_get_uv_event_loop(env, &loop) == napi_ok && inbox_->Open(loop, Deliver, this);
  if (works_) spin_.Open(loop);
  // Two ways to end: the loop is done or the worker is stopped (clean-up hook), or process.exit (exit hook).
  env.AddCleanupHook([](Environment* self) { self->End(); }, this);
}

Environment::~Environment() { End(); }

void Environment::SetHooks(v8::Local<v8::Object> hooks) {
  GivenOptions given(hooks);
  for (size_t i = 0; i < std::size(hooks_); ++i) {
    v8::Local<v8::Value> hook = given[kHookNames[i]];
    if (given.failed()) return;
    if (hook->IsFunction()) hooks_[i].Reset(isolate_, hook.As<v8::Function>());
  }
  main_thread_ = given["mainThread"]->IsTrue();
  LookAround();
}

v8::MaybeLocal<v8::Value> Environment::CallHook(Hook hook, int count, v8::Local<v8::Value>* arguments) {
  v8::Global<v8::Function>& function = hooks_[static_cast<size_t>(hook)];
  if (function.IsEmpty() || ending_) return {};
  return function.Get(isolate_)->Call(context(), v8::Undefined(isolate_), count, arguments);
}

void Environment::NoteTimeZone() {
  std::optional<std::string> said = TimeZone::Said();
  v8::HandleScope scope(isolate_);
  v8::TryCatch catcher(isolate_);
  v8::Local<v8::Value> name;
  if (!said && CallHook(Hook::kTimeZone, 0, nullptr).ToLocal(&name) && name->IsString()) {
    said = CopyUtf8(isolate_, name.As<v8::String>());
  }
  if (said) TimeZone::SetName(*std::move(said));
}

void Environment::Add(std::shared_ptr<HostedRuntime> runtime) {
  const uint64_t serial = runtime->serial();
  runtimes_.emplace(serial, std::move(runtime));
}

void Environment::Remove(uint64_t serial) {
  found_ = nullptr;
  runtimes_.erase(serial);
}

std::shared_ptr<HostedRuntime> Environment::Find(uint64_t serial) const {
  if (found_ != nullptr && found_->first == serial) return found_->second;
  auto found = runtimes_.find(serial);
  if (found == runtimes_.end()) return nullptr;
  found_ = &*found;
  return found->second;
}

void Environment::BeginWork() {
  if (work_++ > 0) return;
  inbox_->KeepAlive(true);
  spin_.Expect(true);
}

void Environment::EndWork() {
  if (work_ == 0 || --work_ > 0) return;
  inbox_->KeepAlive(false);
  spin_.Expect(false);
}

void Environment::KeepUntilDelivered() {
  if (kept_ || inbox_->empty()) return;
  kept_ = true;
  BeginWork();
}

Environment::Readiness Environment::Probe() {
  v8::Isolate::Scope isolate_scope(isolate_);
  v8::HandleScope scope(isolate_);
  v8::Local<v8::Context> context = this->context();
  v8::Context::Scope context_scope(context);
  v8::TryCatch catcher(isolate_);
  if (nothing_.IsEmpty()) {
    v8::ScriptCompiler::Source source(v8::String::Empty(isolate_));
    v8::Local<v8::Function> function;
    if (!v8::ScriptCompiler::CompileFunction(context, &source).ToLocal(&function)) {
      return catcher.HasTerminated() ? Readiness::kTerminating : Readiness::kRefused;
    }
    nothing_.Reset(isolate_, function);
  }
  if (!nothing_.Get(isolate_)->Call(context, v8::Undefined(isolate_), 0, nullptr).IsEmpty()) {
    return Readiness::kRuns;
  }
  if (!catcher.HasTerminated()) return Readiness::kRefused;
  isolate_->TerminateExecution();
  return Readiness::kTerminating;
}

std::shared_ptr<ReplySlot> Environment::SlotOf(uint64_t serial) const {
  for (auto it = serving_.rbegin(); it != serving_.rend(); ++it) {
    if (it->serial == serial) return it->slot;
  }
  return nullptr;
}

void Environment::Deliver(void* data) {
  auto* self = static_cast<Environment*>(data);
  self->keeper_.QuitIfWanted();
  if (self->ending_ || self->Probe() != Readiness::kRuns) return;
  self->LookAround();
  Inbox::Batch batch;
  size_t urgent = self->inbox_->TakeTasks(&batch);
  if (std::exchange(self->kept_, false)) self->EndWork();
  if (batch.empty() && urgent == 0 && self->backlog_.empty()) return;
  Napi::HandleScope scope(self->env_);
  // To the end of the promise reactions.
  struct Slice {
    explicit Slice(int64_t* until) : until(until) { *until = SteadyNow() + kSlice; }
    ~Slice() { *until = 0; }
    Slice(const Slice&) = delete;
    Slice& operator=(const Slice&) = delete;
    int64_t* const until;
  } slice(&self->slice_until_);
  self->promises_ = 0;
  // What these ask of cells in turn goes out together, after the promise reactions.
  Burst burst(false);
  // One scope for the batch: promise reactions and process.nextTick run when it closes.
  Napi::AsyncContext async(self->env_, "isolet");
  Napi::CallbackScope callback(self->env_, async);
  self->RunTurn(std::move(batch), urgent);
  self->TellSettled(true);
}

void Environment::RunTurn(Inbox::Batch batch, size_t urgent) {
  // Guests that wait come first. What comes meanwhile has woken the loop again.
  for (; urgent > 0 && !ending_; --urgent) {
    std::unique_ptr<HostTask> task = inbox_->TakeUrgent();
    if (!task) break;
    Run(*task);
  }
  bool first = true;
  RunAll([&]() -> std::unique_ptr<HostTask> {
    // One, however late it is.
    if (batch.empty() || !backlog_.empty() || (!std::exchange(first, false) && slice_over())) return nullptr;
    std::unique_ptr<HostTask> task = std::move(batch.front());
    batch.pop_front();
    return task;
  });
  for (std::unique_ptr<HostTask>& task : batch) backlog_.Add(std::move(task));
  RunAll([&] { return backlog_.empty() || slice_over() ? nullptr : backlog_.Next(); });
  if (backlog_.empty() || ending_) return;
  for (const std::unique_ptr<HostTask>& task : inbox_->TakeLate(SteadyNow() - kMostLate)) Run(*task);
  inbox_->Again();
  KeepUntilDelivered();
}

void Environment::TellSettled(bool over) {
  // What is told may settle more.
  for (size_t i = 0; i < settled_.size() && !ending_; ++i) {
    if (std::shared_ptr<HostedRuntime> runtime = Find(settled_[i])) runtime->TellSettled(over);
  }
  if (over) settled_.clear();
}

std::function<std::shared_ptr<void>()> Environment::CreationCounter() const {
  return [creations = creations_, ended = ended_]() -> std::shared_ptr<void> {
    creations->fetch_add(1);
    std::shared_ptr<void> counted(creations.get(), [creations](void*) { creations->fetch_sub(1); });
    // Either End sees the count, or we that it has begun.
    return ended->load() ? nullptr : counted;
  };
}

void Environment::DeferReply(std::unique_ptr<HostTask> task) {
  backlog_.AddReply(std::move(task));
  inbox_->Again();
  KeepUntilDelivered();
}

void Environment::DeferToNextTurn(std::unique_ptr<HostTask> task) {
  DeferReply(std::move(task));
  if (slice_until_ != 0) slice_until_ = 1;
}

void Environment::Run(HostTask& task) {
  if (ending_) return;
  v8::HandleScope scope(isolate_);
  task.Run(*this);
  TellSettled(false);
}

template <typename Next>
void Environment::RunAll(const Next& next) {
  for (std::unique_ptr<HostTask> task = next(); task;) {
    v8::HandleScope scope(isolate_);
    for (int i = 0; i < kMostAtOnce && task; ++i) {
      if (ending_) return;
      if (task->small()) {
        task->Run(*this);
      } else {
        Run(*task);
      }
      task = next();
    }
    TellSettled(false);
  }
}

void Environment::End() {
  if (std::exchange(ending_, true)) return;
  ended_->store(true);
  keeper_.Quit();
  std::vector<std::shared_ptr<HostedRuntime>> runtimes;
  for (auto& [serial, runtime] : runtimes_) runtimes.push_back(runtime);
  for (const std::shared_ptr<HostedRuntime>& runtime : runtimes) runtime->Close();
  collections_.Close();
  inbox_->Close();
  backlog_.Clear();
  spin_.Close();
  stock_->Close();
  // An isolate must be gone before Node's platform is. What does not unwind in time is left to the process's end.
  auto until = std::chrono::steady_clock::now() + kPatience;
  for (const std::shared_ptr<HostedRuntime>& runtime : runtimes) {
    // One that is on this thread's stack below us can't leave.
    if (runtime->OnThisStack()) continue;
    while (!runtime->guest_gone() && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }
  while (creations_->load() > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  stock_->Close();
  for (const std::shared_ptr<HostedRuntime>& runtime : runtimes) {
    if (!runtime->guest_gone()) left_behind.fetch_add(1);
  }
  // V8 can't be shut down around an isolate that is lost or still runs: the process ends here, all JavaScript is done.
  if (exit_code_ != kNoExit &&
      (Admission::Get().lost_count() > 0 || left_behind.load() > 0 || creations_->load() > 0)) {
    std::fflush(nullptr);
    std::_Exit(exit_code_);
  }
  runtimes.clear();
  found_ = nullptr;
  runtimes_.clear();
  for (v8::Global<v8::Function>& hook : hooks_) hook.Reset();
  nothing_.Reset();
  tickets_.Clear();
  shapes_.Clear();
  context_.Reset();
}

}  // namespace isolet
