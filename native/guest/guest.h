// A guest: one isolate with one context, its limits, and everything that is in flight in it. This class puts the parts
// together and owns the life cycle; what each part does stands in the part's own file.
//
// Life: Create → open → a final stop (Close, Terminate, heap limit) → no more guest code → Teardown in the last turn.
//
// Lifetime rules
//   1. The isolate is touched only by the thread that has the mailbox's turn and holds an IsolateLock.
//   2. Handles die before the isolate: Teardown clears every part, then the holder disposes.
//   3. Tasks and waiting threads keep the guest alive (shared_ptr); the host may forget it at any time.
//   4. Every asynchronous call that was accepted is answered exactly once, by whoever takes it out of the call table.
// Each is proved by a test that fails without it: npm run test:rules.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "boundary/crossing.h"
#include "boundary/guest_functions.h"
#include "boundary/held_handles.h"
#include "boundary/host_functions.h"
#include "boundary/promises.h"
#include "boundary/rejections.h"
#include "boundary/settlement.h"
#include "boundary/streams.h"
#include "boundary/web_objects.h"
#include "calls/entry_state.h"
#include "calls/gate.h"
#include "calls/guest_life.h"
#include "calls/guest_options.h"
#include "calls/guest_port.h"
#include "calls/host.h"
#include "calls/outcome.h"
#include "calls/parts.h"
#include "calls/runaways.h"
#include "calls/stats.h"
#include "calls/table.h"
#include "calls/task.h"
#include "calls/ties.h"
#include "calls/unattended_work.h"
#include "isolate/admission.h"
#include "isolate/foreground_runner.h"
#include "isolate/holder.h"
#include "isolate/lock.h"
#include "isolate/seat.h"
#include "isolate/time_zone.h"
#include "lost/losable.h"
#include "memory_use/budget.h"
#include "memory_use/heap_limit.h"
#include "memory_use/heap_notes.h"
#include "memory_use/reservations.h"
#include "modules/modules.h"
#include "realm/async_waits.h"
#include "realm/console.h"
#include "realm/console_methods.h"
#include "realm/intl.h"
#include "realm/timers.h"
#include "threads/mailbox.h"
#include "threads/watchdog.h"
#include "wasm/budget.h"
#include "wasm/memories.h"
#include "web/web.h"

namespace isolet {

class Program;
class SyncJob;

class SnapshotBuild;
class GuestStock;

class Guest final : public Mailbox<Task>,
                    public Watched,
                    public GuestLife,
                    public Losable,
                    public Parts,
                    public GuestPort,
                    public std::enable_shared_from_this<Guest> {
 public:
  // From the stock if there is one like it. On any thread. If it fails nothing is left behind.
  static Made Create(GuestStock& stock, GuestOptions options, std::shared_ptr<Host> host);
  // One that is set up. Without a host it is for the stock: nobody's until Adopt.
  using SetUpGuest = std::variant<std::shared_ptr<Guest>, Outcome>;
  static SetUpGuest Make(const std::shared_ptr<IsolatePlatform>& platform, GuestOptions options,
                         std::shared_ptr<Host> host);

  Guest(GuestOptions options, std::shared_ptr<Host> host);
  ~Guest() override;

  // --- Made ahead: whoever made it or took it from the stock; nobody else knows it. ---

  void EnterStock();
  void LeaveStock(bool taken);
  // One from the stock is the guest of `host` from here on. The options: what it was made with, and the rest.
  void Adopt(GuestOptions options, std::shared_ptr<Host> host);
  // Its time begins, and V8's tasks have somebody to run them.
  void Serve(std::unique_ptr<Admission::Ticket> ticket);
  // Without having served anybody. There is no isolate any more.
  void Discard();

  // --- What the host asks: GuestPort. ---

  Guest* in_place() override { return this; }
  void Start(uint64_t call_id, CallKind kind, const CallLimits& limits, std::unique_ptr<Program> program) override;
  // On an engine thread (there V8 can give up without ending the process) unless the guest's options say otherwise or
  // this thread is inside the guest already.
  Outcome RunNow(CallKind kind, uint64_t call_id, const CallLimits& limits, std::unique_ptr<Program> program,
                 TurnWaiter& waiter, const std::shared_ptr<ReplySlot>& inside, bool* leaves) override;
  // Whether such a call runs on the calling thread, and one that does: what it is made of may stand on the stack.
  bool RunsHere(const std::shared_ptr<ReplySlot>& inside) const {
    return (options_.sync_in_place && !inside) || HasTurn();
  }
  Outcome RunHere(CallKind kind, uint64_t call_id, const CallLimits& limits, Program& program, TurnWaiter& waiter,
                  const std::shared_ptr<ReplySlot>& inside, bool* leaves);
  std::optional<CapacityFailure> RunWhenFree(std::unique_ptr<Program> program, const CallLimits& limits) override;
  // A call comes within a moment: a thread wakes up for it meanwhile, the one that keeps this guest if there is one.
  void Expect();
  bool busy_elsewhere(const std::shared_ptr<ReplySlot>& inside) const override {
    // A turn that is only being finished comes back.
    return !inside && ((TakenElsewhere() && gate_.occupied()) || calls_.waiting() > 0);
  }
  Cancelled Cancel(uint64_t call_id, bool only_running) override;
  void SettleHostPromise(uint64_t promise_id, HostReply reply) override;
  void LetGo(value::HandleKind kind, uint64_t id, uint64_t count) override;
  void RequestCollection() override;
  size_t functions_arrived() const override { return host_functions_.arrived(); }
  std::optional<ConsoleItem> NextLine() override { return console_.Next(); }
  void EventRead(size_t bytes) override { rejections_.EventRead(bytes); }
  void AddModule(std::string url, ModuleSource source) override;
  void SetModuleHooks(bool resolver, bool loader) override { modules_.SetHooks(resolver, loader); }
  void Terminate(std::string reason) override;
  void Close() override;

  State state() const override;
  // The isolate does not exist any more, or never will be left again (lost).
  bool gone() const override { return gone_.load(std::memory_order_acquire) || lost(); }
  std::optional<Stop> final_stop() const override { return gate_.final_stop(); }
  bool stopped_for_good() const override { return gate_.stopped_for_good(); }
  const GuestOptions& options() const override { return options_; }
  GuestNumbers numbers() override;
  GuestUse use() const override;
  // Fresh when the guest is idle, else as of the last answer or at most HeapNotes::kInterval before.
  HeapNumbers heap_numbers();
  // Any thread, also after the end.
  size_t array_buffer_bytes() const { return allocator_ ? allocator_->used() : 0; }

  // How often a synchronous call asks whether its thread is still wanted.
  static constexpr int64_t kProbeInterval = 100 * 1000 * 1000;

  // GuestLife, for the parts
  void Stopped() override;
  void PostAbandon(uint64_t call_id) override;
  void PostCheckpoint() override;
  void PostForegroundTask() override;
  void UnattendedStopped(uint64_t call_id, Outcome why) override;
  void ChargeUnattended(int64_t used) override;
  void MicrotasksLost(v8::Local<v8::Context> context) override;
  void GoOnLoading() override;

  // Losable
  bool DeclareLost(const std::string& why, const Gate::Entry* entry) override;
  bool OnHostThread() const override { return host_->OnHostThread(); }
  v8::Isolate* LostIsolate() const override { return isolate_; }

  // Watched
  int64_t OnDue(int64_t now) override;

  using Mailbox<Task>::Post;
  using Mailbox<Task>::Borrow;
  using Mailbox<Task>::GiveBack;

 protected:
  void RunBatch(Batch& batch) override;
  bool MayStay() const override { return seat_.taken() && !gate_.stopped_for_good(); }
  void LeaveThread() override { seat_.Leave(); }
  std::shared_ptr<Runnable> Self() override { return shared_from_this(); }

 private:
  friend class SnapshotBuild;  // makes a guest of a SnapshotCreator's isolate and stores it instead of running it

  std::optional<Outcome> SetUp();
  // False: they can't be there.
  bool SetUpStreams(v8::Local<v8::Context> context);
  bool SetUpWeb(v8::Local<v8::Context> context);
  // On this thread, which takes the turn if it has not got it: `work` gets the lock and the time, 0 if nobody has
  // looked.
  template <typename Work>
  bool WithLockUntil(const Work& work, TurnWaiter& waiter, const Call& call);
  // Answers a call, taken from the table, that may still run or wait in the guest. The guest hears of it before the
  // caller does: what the caller sends from then on comes after.
  Cancelled GiveUp(Call& call, const Stop& stop);
  void NoteStaleTask();
  // Answers a call that was not accepted.
  void Refuse(Call& call, Outcome outcome);
  CallLimits WithinOuter(CallLimits limits) const;
  // For a call that waits for the host, in which we are: it can't have more than what is left of that one.
  CallLimits Within(const CallLimits& limits, const std::shared_ptr<ReplySlot>& inside) const;
  Stop FinalStop() const;
  void CountTimeout(const Outcome& outcome);
  // Needs the turn. After this there is no isolate.
  void Teardown();
  // Needs the turn, as does everything until the guest is ready.
  void Hold(std::unique_ptr<IsolateHolder> holder);
  // Before anything that comes after, also before a call on the host's thread, which takes the turn as soon as it is
  // free and does not wait for tasks.
  void RunFirst(std::unique_ptr<Task> task);
  // True if there was anything.
  bool RunDeferred(const IsolateLock& lock);
  // V8's interrupt: is the code that runs now a call whose time ran out while another call's frame was innermost?
  static void StopRunaway(v8::Isolate* isolate, void* data);
  // V8's interrupt: ends the guest if the host's thread, which runs it, is to end.
  static void ProbeHostThread(v8::Isolate* isolate, void* data);
  // V8's interrupt: memory that V8's heap limit does not see (WebAssembly, grown buffers).
  static void ProbeMemory(v8::Isolate* isolate, void* data);
  Outcome RunOnEngineThread(const std::shared_ptr<SyncJob>& job, TurnWaiter& waiter,
                            const std::shared_ptr<ReplySlot>& inside, bool* leaves);

  // Both final when others know the guest.
  GuestOptions options_;
  std::shared_ptr<Host> host_;
  std::unique_ptr<Admission::Ticket> ticket_;  // as long as there is an isolate; null while a snapshot is made
  Gate gate_;
  EntryState entry_state_;
  Runaways runaways_;
  HeapLimit heap_limit_;
  IntlMemory intl_memory_;
  WasmBudget wasm_;
  WasmMemories wasm_memories_;
  MemoryBudget memory_budget_;
  std::unique_ptr<IsolateHolder> holder_;
  Reservations buffers_;
  CallTable calls_;
  HeldHandles held_;
  CallTies call_ties_;  // before what holds ties
  GuestFunctions functions_;
  HostFunctions host_functions_;
  Promises promises_;
  Rejections rejections_;
  Modules modules_;
  Console console_;
  ConsoleMethods console_methods_;
  Timers timers_;
  AsyncWaits async_waits_;
  TimeZone time_zone_;
  IsolateSeat seat_;
  Streams streams_;
  WebObjects web_objects_;
  Web web_;
  GuestCrossing crossing_;
  Settlement settlement_;
  Stats stats_;
  HeapNotes heap_notes_;
  std::atomic<bool> gone_{false};   // Teardown done
  std::atomic<bool> ended_{false};  // everybody was answered
  std::atomic<bool> on_host_thread_{false};
  std::atomic<bool> probe_pending_{false};  // V8 has been asked to call ProbeMemory and has not yet
  UnattendedWork unattended_work_;
  // What the host answered and the guest has not taken.
  const std::shared_ptr<std::atomic<size_t>> reply_bytes_ = std::make_shared<std::atomic<size_t>>(0);
  const std::shared_ptr<std::atomic<size_t>> deferred_bytes_ = std::make_shared<std::atomic<size_t>>(0);
  std::atomic<size_t> stale_tasks_{0};  // about so many wait in the mailbox
  std::mutex sync_jobs_mutex_;          // guards sync_jobs_; before a job's own lock
  std::vector<std::shared_ptr<SyncJob>> sync_jobs_;
  std::mutex deferred_mutex_;  // guards deferred_; leaf lock
  std::vector<std::unique_ptr<Task>> deferred_;
  std::atomic<bool> has_deferred_{false};  // written under deferred_mutex_
};

}  // namespace isolet
