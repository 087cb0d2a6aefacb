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
#include "boundary/host_functions.h"
#include "boundary/promises.h"
#include "boundary/rejections.h"
#include "boundary/streams.h"
#include "calls/gate.h"
#include "calls/host.h"
#include "calls/limits.h"
#include "calls/outcome.h"
#include "calls/stats.h"
#include "calls/table.h"
#include "calls/ties.h"
#include "calls/unattended_work.h"
#include "isolate/admission.h"
#include "isolate/holder.h"
#include "isolate/lock.h"
#include "isolate/time_zone.h"
#include "memory_use/budget.h"
#include "memory_use/buffer_budget.h"
#include "memory_use/heap_limit.h"
#include "memory_use/held_handles.h"
#include "memory_use/intl.h"
#include "modules/modules.h"
#include "realm/async_waits.h"
#include "realm/console.h"
#include "realm/console_methods.h"
#include "realm/timers.h"
#include "threads/mailbox.h"
#include "threads/watchdog.h"
#include "wasm/budget.h"
#include "wasm/memories.h"

namespace isolet {

class Program;
class SyncJob;

// A task of the mailbox.
class Task {
 public:
  virtual ~Task() = default;
  virtual void Run(const IsolateLock& lock) = 0;
  // Whether it runs although the guest was stopped for good.
  virtual bool RunsWhenStopped() const { return false; }
  // Any thread: it has nothing left to do.
  virtual bool Stale() const { return false; }
};

class SnapshotBuild;
class ForegroundRunner;
class IsolateStock;

class Guest final : public Mailbox<Task>, public Watched, public std::enable_shared_from_this<Guest> {
 public:
  enum class State : uint8_t { kOpen, kClosing, kClosed, kTerminated };

  // On any thread. If it fails nothing is left behind.
  static std::variant<std::shared_ptr<Guest>, Outcome> Create(IsolateStock& stock, GuestOptions options,
                                                              std::shared_ptr<Host> host);

  Guest(GuestOptions options, std::shared_ptr<Host> host);
  ~Guest() override;

  // --- What the host asks. Any thread unless said otherwise. ---

  // Accepts an asynchronous call; the answer goes to Host::CallSettled.
  void Start(uint64_t call_id, CallKind kind, const CallLimits& limits, std::unique_ptr<Program> program);
  // Host thread: waits for `program`, which runs on an engine thread (there V8 can give up without ending the process)
  // unless the guest's options say otherwise or this thread is inside the guest already. `leaves`: set if something of
  // the call is left in the guest (calls/ties.h).
  Outcome RunNow(CallKind kind, uint64_t call_id, const CallLimits& limits, std::unique_ptr<Program> program,
                 TurnWaiter& waiter, const std::shared_ptr<ReplySlot>& inside, bool* leaves);
  // Runs `program` before anything else that comes after; nobody hears how it ended. Refused if too much waits.
  std::optional<CapacityFailure> RunWhenFree(std::unique_ptr<Program> program, const CallLimits& limits);
  // Whether RunNow would have to wait for another thread, or for calls that came before.
  bool busy_elsewhere(const std::shared_ptr<ReplySlot>& inside) const {
    // A turn that is only being finished comes back.
    return !inside && ((TakenElsewhere() && gate_.occupied()) || calls_.waiting() > 0);
  }
  // Stops a call. With `only_running`, for an asynchronous one: unless it has begun and only waits.
  Cancelled Cancel(uint64_t call_id, bool only_running);
  // Ends the guest if more bytes wait for it than its limit.
  void SettleHostPromise(uint64_t promise_id, HostReply reply);
  // The host holds a function or stream so many arrivals less, or a promise no more.
  void LetGo(value::HandleKind kind, uint64_t id, uint64_t count);
  // The host wants to know which of its functions the guest has dropped.
  void RequestCollection();
  // Gives back handles of a message that was not read.
  void ReleaseHandles(const std::vector<value::Handle>& handles);
  void Terminate(std::string reason);
  void Close();

  State state() const;
  // The isolate does not exist any more, or never will be left again (lost).
  bool gone() const { return gone_.load(std::memory_order_acquire) || lost_.load(std::memory_order_acquire); }
  std::optional<Stop> final_stop() const { return gate_.final_stop(); }
  // Fresh when the guest is idle, else as of the last answer or at most kHeapNoteInterval before.
  HeapNumbers heap_numbers();
  // As of the last answer, or at most kHeapNoteInterval before.
  size_t noted_heap_used();
  // Any thread, also after the end.
  size_t array_buffer_bytes() const { return allocator_ ? allocator_->used() : 0; }

  // --- The parts. ---

  v8::Isolate* isolate() const { return holder_->isolate(); }
  v8::Local<v8::Context> context(v8::Isolate* isolate) const { return context_.Get(isolate); }
  const GuestOptions& options() const { return options_; }
  ArrayBufferAllocator& allocator() const { return *allocator_; }
  const std::shared_ptr<ArrayBufferAllocator>& shared_allocator() const { return allocator_; }
  BufferBudget& buffers() { return buffers_; }
  Gate& gate() { return gate_; }
  HeapLimit& heap_limit() { return heap_limit_; }
  MemoryBudget& memory_budget() { return memory_budget_; }
  IntlMemory& intl_memory() { return intl_memory_; }
  WasmBudget& wasm() { return wasm_; }
  WasmMemories& wasm_memories() { return wasm_memories_; }
  CallTable& calls() { return calls_; }
  CallTies& call_ties() { return call_ties_; }
  Host& host() { return *host_; }
  HeldHandles& held() { return held_; }
  GuestFunctions& functions() { return functions_; }
  HostFunctions& host_functions() { return host_functions_; }
  Promises& promises() { return promises_; }
  Rejections& rejections() { return rejections_; }
  Modules& modules() { return modules_; }
  Console& console() { return console_; }
  ConsoleMethods& console_methods() { return console_methods_; }
  Timers& timers() { return timers_; }
  AsyncWaits& async_waits() { return async_waits_; }
  TimeZone& time_zone() { return time_zone_; }
  // Null while a snapshot is made.
  ForegroundRunner* foreground() const { return foreground_.get(); }
  Streams& streams() { return streams_; }
  GuestCrossing& crossing() { return crossing_; }
  Stats& stats() { return stats_; }
  Leftovers& leftovers() { return leftovers_; }

  // How often a running guest's memory outside the heap is looked at, in nanoseconds.
  static constexpr int64_t kMemoryProbe = 20 * 1000 * 1000;
  // How often a synchronous call asks whether its thread is still wanted.
  static constexpr int64_t kProbeInterval = 100 * 1000 * 1000;
  // How often answers come with a look at the heap.
  static constexpr int64_t kHeapNoteInterval = 10 * 1000 * 1000;
  // Without a look at its memory. V8 can take some ten megabytes in that time.
  static constexpr int64_t kUnlooked = 1000 * 1000;

  static Guest* From(v8::Isolate* isolate) { return static_cast<Guest*>(isolate->GetData(0)); }

  // --- For the parts. ---

  // The answer of an asynchronous call; false (and the message's handles are given back) if it has one already.
  bool Settle(uint64_t call_id, Outcome outcome);
  // Settle for a call whose frame did not end by itself.
  void SettleStopped(uint64_t call_id, Outcome outcome);
  // What a promise of the guest that the host holds became.
  void SettleGuestPromise(uint64_t promise_id, Outcome outcome);
  // A stop threw the queued microtasks away: calls that were in the guest can't go on. `culprit` answers itself.
  void FailStarted(uint64_t culprit);
  // A turn for microtasks that are queued.
  void PostCheckpoint();
  // A turn for the loading of modules that a stop interrupted.
  void PostResumeLoading();
  // After the outermost frame: if the guest was stopped for good, answers everybody and ends it.
  void EndIfStopped();
  // The thread of this guest will never come back (see FatalGuard): everybody is answered, the isolate stays.
  // `entry`: which run of it is stuck; null on that thread itself. False if that run has ended meanwhile.
  bool DeclareLost(const std::string& why, const Gate::Entry* entry);
  bool lost() const { return lost_.load(std::memory_order_acquire); }
  std::atomic<bool> parked{false};  // its thread has been stopped for good
  // Limits for guest code that belongs to no call.
  CallLimits ContinuationLimits() const;
  // After a frame for no call: charges what it used to those that may have caused it.
  void AccountLeftover();
  // A limit ended work of this call (0 = unknown), and nobody is there to hear of it. What else the call has set is not
  // given another chance: a function that sets itself again and then loops would burn a processor for ever.
  void LeftoverStopped(uint64_t call_id, Outcome why);

  // The time of the outermost frame, added to the statistics whenever an answer leaves; lock holder.
  struct FrameClock {
    CallKind kind = CallKind::kInternal;
    int64_t wall_began = 0, cpu_began = 0, wall_counted = 0, cpu_counted = 0;
  };
  FrameClock clock;
  void AccountFrame(int64_t now);
  // Inside a frame that is about to answer or to be left: if it ran for long, looks whether it is above its memory
  // limit, and stops it if it is. What time it is then.
  int64_t LookAtMemory();
  int depth = 0;                 // frames on the guest's stack; lock holder
  bool scripts_ran = false;      // lock holder: what they declared may hide what is bound
  bool microtasks_lost = false;  // lock holder: V8 threw away what was queued

  // Watched
  int64_t OnDue(int64_t now) override;

  using Mailbox<Task>::Post;
  using Mailbox<Task>::Borrow;
  using Mailbox<Task>::GiveBack;

 protected:
  void RunBatch(Batch& batch) override;
  std::shared_ptr<Runnable> Self() override { return shared_from_this(); }

 private:
  friend class SnapshotBuild;  // makes a guest of a SnapshotCreator's isolate and stores it instead of running it

  std::optional<Outcome> SetUp();
  // False: the streams can't be there.
  bool SetUpStreams(v8::Local<v8::Context> context);
  bool WithLockUntil(const std::function<void(const IsolateLock&)>& work, TurnWaiter& waiter, int64_t deadline);
  // Answers a call, taken from the table, that may still run or wait in the guest. The guest hears of it before the
  // caller does: what the caller sends from then on comes after.
  Cancelled GiveUp(Call& call, const Stop& stop);
  // Drops what a call brought that was taken from the table before it began. False if it had begun.
  bool DropUnbegun(Call& call);
  void NoteStaleTask();
  // Answers a call that was not accepted.
  void Refuse(Call& call, Outcome outcome);
  CallLimits WithinOuter(CallLimits limits) const;
  // Counts an answer until the host has taken it; if more wait than there is room for, a failure takes its place.
  std::unique_ptr<InFlight> CountAnswer(Outcome* outcome);
  // Needs the turn. After this there is no isolate.
  void Teardown();
  void Stopped();
  void RunDeferred(const IsolateLock& lock);
  void NoteHeap(v8::Isolate* isolate);
  // V8's interrupt: is the code that runs now a call whose time ran out while another call's frame was innermost?
  static void StopRunaway(v8::Isolate* isolate, void* data);
  // V8's interrupt: ends the guest if the host's thread, which runs it, is to end.
  static void ProbeHostThread(v8::Isolate* isolate, void* data);
  // V8's interrupt: memory that V8's heap limit does not see (WebAssembly, grown buffers).
  static void ProbeMemory(v8::Isolate* isolate, void* data);
  Outcome RunOnEngineThread(const std::shared_ptr<SyncJob>& job, TurnWaiter& waiter,
                            const std::shared_ptr<ReplySlot>& inside, bool* leaves);

  const GuestOptions options_;
  const std::shared_ptr<Host> host_;
  std::unique_ptr<Admission::Ticket> ticket_;  // as long as there is an isolate; null while a snapshot is made
  Gate gate_;
  HeapLimit heap_limit_;
  IntlMemory intl_memory_;
  WasmBudget wasm_;
  WasmMemories wasm_memories_;
  MemoryBudget memory_budget_;
  std::shared_ptr<ForegroundRunner> foreground_;  // null while a snapshot is made
  std::unique_ptr<IsolateHolder> holder_;
  std::shared_ptr<ArrayBufferAllocator> allocator_;
  BufferBudget buffers_;
  v8::Global<v8::Context> context_;
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
  Streams streams_;
  GuestCrossing crossing_;
  Stats stats_;
  std::atomic<bool> gone_{false};   // Teardown done
  std::atomic<bool> ended_{false};  // everybody was answered
  std::atomic<bool> lost_{false};
  std::atomic<bool> on_host_thread_{false};
  std::atomic<bool> probe_pending_{false};  // V8 has been asked to call ProbeMemory and has not yet
  Leftovers leftovers_;
  // What the host answered and the guest has not taken, and the other way round.
  const std::shared_ptr<std::atomic<size_t>> reply_bytes_ = std::make_shared<std::atomic<size_t>>(0);
  const std::shared_ptr<std::atomic<size_t>> answer_bytes_ = std::make_shared<std::atomic<size_t>>(0);
  const std::shared_ptr<std::atomic<size_t>> deferred_bytes_ = std::make_shared<std::atomic<size_t>>(0);
  std::atomic<size_t> stale_tasks_{0};  // about so many wait in the mailbox
  std::mutex sync_jobs_mutex_;          // guards sync_jobs_; before a job's own lock
  std::vector<std::shared_ptr<SyncJob>> sync_jobs_;
  std::mutex deferred_mutex_;  // guards deferred_; leaf lock
  std::vector<std::unique_ptr<Task>> deferred_;
  std::mutex runaways_mutex_;  // guards runaways_; leaf lock
  std::set<uint64_t> runaways_;
  std::mutex heap_mutex_;  // guards heap_; leaf lock
  HeapNumbers heap_;
  int64_t heap_noted_ = 0;     // lock holder: when an answer last came with NoteHeap
  int64_t memory_looked_ = 0;  // lock holder: when LookAtMemory last did
};

}  // namespace isolet
