// The addon's state in one Node environment (the main thread or a worker thread): the hooks of lib/, the runtimes, the
// inbox, and what must happen when the environment ends.
//
// The environment's thread only.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "binding/environment/backlog.h"
#include "binding/environment/collections.h"
#include "binding/environment/host_keeper.h"
#include "binding/environment/hosted_runtime.h"
#include "binding/environment/inbox.h"
#include "binding/environment/loop_spin.h"
#include "binding/environment/napi.h"
#include "binding/environment/node_platform.h"
#include "binding/environment/sync_answers.h"
#include "binding/environment/tickets.h"
#include "calls/reply_slot.h"
#include "guest/stock.h"
#include "isolate/platform.h"
#include "isolate/time_zone.h"
#include "threads/watchdog.h"
#include "value/kept_shapes.h"

namespace isolet {

class Environment {
 public:
  explicit Environment(Napi::Env env);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  enum class Hook : uint8_t {
    kCreateError,
    kImportFunction,
    kImportStream,
    kExportFunction,
    kExportedFunction,
    kExportObject,
    kImportObject,
    kReleaseExport,
    kCallHost,
    kEvent,
    kCallsSettled,
    kCallFailed,
    kTimeZone,
    kCount
  };

  // False: the event loop takes nothing more (the process is out of file descriptors), nothing can be answered here.
  bool works() const { return works_; }

  // After the first that can't be read an exception is pending.
  void SetHooks(v8::Local<v8::Object> hooks);
  // Guest code may be entered soon: it sees what the host has changed in the process meanwhile.
  void LookAround() {
    if (main_thread_ && TimeZone::Look()) NoteTimeZone();
  }
  // Empty: the hook threw, or the environment is ending; the exception is pending.
  v8::MaybeLocal<v8::Value> CallHook(Hook hook, int count, v8::Local<v8::Value>* arguments);

  Napi::Env env() const { return env_; }
  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context() const { return context_.Get(isolate_); }
  const std::shared_ptr<IsolatePlatform>& platform() const { return platform_; }
  Inbox& inbox() const { return *inbox_; }
  const std::shared_ptr<Inbox>& shared_inbox() const { return inbox_; }
  HostKeeper& keeper() { return keeper_; }

  // --- Runtimes, by serial number. A number is never used again: a late message is a miss. ---
  uint64_t NextSerial() { return next_serial_++; }
  void Add(std::shared_ptr<HostedRuntime> runtime);
  void Remove(uint64_t serial);
  std::shared_ptr<HostedRuntime> Find(uint64_t serial) const;
  template <typename Visit>
  void ForEach(Visit visit) {
    for (auto& [serial, runtime] : runtimes_) visit(*runtime);
  }

  // --- Work that keeps the event loop alive ---
  void BeginWork();
  void EndWork();
  // The event loop has been ours for long enough in this turn, or there is a backlog: more work has to queue up.
  bool behind() const { return !backlog_.empty() || slice_over(); }
  // Runs in a later turn, before what the runtime asks of the host.
  void DeferReply(std::unique_ptr<HostTask> task);
  // The same, and this turn is over: what comes of it at its end is enough.
  void DeferToNextTurn(std::unique_ptr<HostTask> task);
  // A promise of the host's that a guest waits for: what it becomes is not counted yet, so there are only so many in
  // one turn.
  void NotePromise() {
    if (++promises_ > kMostPromises && slice_until_ != 0) slice_until_ = 1;
  }
  // Calls of that runtime have their values; once for each turn.
  void NoteSettled(uint64_t serial) { settled_.push_back(serial); }
  // A synchronous call has left something in the inbox: the event loop must live to see it.
  void KeepUntilDelivered();

  // Whether somebody has asked V8 to stop this thread's JavaScript (worker.terminate). Runs a little JavaScript to see;
  // the request stays in force.
  bool AskedToEnd() { return Probe() == Readiness::kTerminating; }

  // --- Host calls that guest threads wait for, innermost last ---
  struct Serving {
    uint64_t serial;
    std::shared_ptr<ReplySlot> slot;
  };
  std::vector<Serving>& serving() { return serving_; }
  // The slot of the innermost blocking host call of that runtime that is being served.
  std::shared_ptr<ReplySlot> SlotOf(uint64_t serial) const;

  Tickets& tickets() { return tickets_; }
  // For work on engine threads that makes isolates: counts it as long as the answer is kept, from when it begins; one
  // that never gets a thread holds up nobody. Null: the environment has ended. May be called on any thread, later.
  std::function<std::shared_ptr<void>()> CreationCounter() const;
  const std::shared_ptr<GuestStock>& stock() const { return stock_; }
  Collections& collections() { return collections_; }
  // Whether ArrayBuffers of this environment were ever marked as given away: else no message has to look for such.
  void NoteGiven() { gave_ = true; }
  bool gave() const { return gave_; }
  // Of what the host and all its guests say.
  value::KeptShapes& shapes() { return shapes_; }
  const std::shared_ptr<SyncAnswers>& sync_answers() const { return sync_answers_; }

  // True once End has begun; outlives the environment.
  const std::shared_ptr<std::atomic<bool>>& ended() const { return ended_; }
  // The process is about to exit with this code; said on the main thread.
  void NoteExit(int code) { exit_code_ = code; }
  bool ending() const { return ending_; }
  // Stops every runtime and waits for their threads to leave them. Runs no JavaScript.
  void End();

 private:
  static constexpr int kNoExit = -1;
  static constexpr size_t kMostPromises = 64;

  enum class Readiness : uint8_t { kRuns, kRefused, kTerminating };
  // What happens to JavaScript on this thread now, found out by running a function that does nothing. Node refuses it
  // while it takes the environment down, and calling it then can end the process.
  Readiness Probe();
  static void Deliver(void* data);
  // It has changed: for cells.
  void NoteTimeZone();
  void Run(HostTask& task);
  // Small tasks that share a scope of handles.
  static constexpr int kMostAtOnce = 64;
  // Runs what `next` gives until it is nothing, or the turn is over.
  template <typename Next>
  void RunAll(const Next& next);
  // What one turn has to do: guests that wait, the batch, the backlog.
  void RunTurn(Inbox::Batch batch, size_t urgent);
  // What calls have become, before the handles of this scope go; with `over` for the last time in this turn.
  void TellSettled(bool over);
  bool slice_over() const { return slice_until_ != 0 && SteadyNow() > slice_until_; }

  Napi::Env env_;
  v8::Isolate* const isolate_;
  v8::Global<v8::Context> context_;
  std::shared_ptr<IsolatePlatform> platform_;
  const std::shared_ptr<Inbox> inbox_;
  HostKeeper keeper_{inbox_};
  Backlog backlog_;
  int64_t slice_until_ = 0;  // steady nanoseconds; 0: it is not our turn
  size_t promises_ = 0;      // of this turn
  std::vector<uint64_t> settled_;
  LoopSpin spin_{*inbox_, Deliver, this};
  v8::Global<v8::Function> nothing_;  // function () {}
  v8::Global<v8::Function> hooks_[static_cast<size_t>(Hook::kCount)];
  std::unordered_map<uint64_t, std::shared_ptr<HostedRuntime>> runtimes_;
  // The one that was found last, an entry of runtimes_: whoever calls one calls it again.
  mutable const std::pair<const uint64_t, std::shared_ptr<HostedRuntime>>* found_ = nullptr;
  Collections collections_{*this};
  value::KeptShapes shapes_{128};
  std::vector<Serving> serving_;
  Tickets tickets_;
  // Isolates that are being made on engine threads for this environment; counted by those threads.
  const std::shared_ptr<std::atomic<int>> creations_ = std::make_shared<std::atomic<int>>(0);
  const std::shared_ptr<GuestStock> stock_;
  const std::shared_ptr<SyncAnswers> sync_answers_ = std::make_shared<SyncAnswers>();
  const std::shared_ptr<std::atomic<bool>> ended_ = std::make_shared<std::atomic<bool>>(false);
  bool main_thread_ = false;
  uint64_t next_serial_ = 1;
  size_t work_ = 0;
  bool kept_ = false;  // KeepUntilDelivered's share of work_
  bool works_ = false;
  bool ending_ = false;
  bool gave_ = false;
  int exit_code_ = kNoExit;
  const ProcessExitHook exit_hook_;  // last: gone before anything it would touch
};

}  // namespace isolet
