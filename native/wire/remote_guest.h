// A guest in a cell, as its host asks it (calls/guest_port.h). What is asked becomes frames; frames of the cell become
// what the guest's Host hears. Everything the cell says is held against what it was asked: an answer has a call, a
// settled promise was given out, what is given back was there.
//
// Calls have their deadline here as well, with some grace: a cell that does not answer by then is blamed, and ends. A
// call that the host gives up is answered at once; what the cell says of it later is dropped.
//
// Threads and lock order: wire/cell_link.h. Lifetime: the link keeps it until it is gone; it keeps the link.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "calls/console_lines.h"
#include "calls/guest_options.h"
#include "calls/guest_port.h"
#include "calls/host.h"
#include "calls/table.h"
#include "wire/acknowledgements.h"
#include "wire/cell_link.h"
#include "wire/handle_account.h"

namespace isolet::wire {

class RemoteSlot;

class RemoteGuest final : public GuestPort, public std::enable_shared_from_this<RemoteGuest> {
 public:
  RemoteGuest(std::shared_ptr<CellLink> link, uint64_t id, GuestOptions options, std::shared_ptr<Host> host);
  RemoteGuest(const RemoteGuest&) = delete;
  RemoteGuest& operator=(const RemoteGuest&) = delete;

  // GuestPort
  Guest* in_place() override { return nullptr; }
  void Start(uint64_t call_id, CallKind kind, const CallLimits& limits, std::unique_ptr<Program> program) override;
  Outcome RunNow(CallKind kind, uint64_t call_id, const CallLimits& limits, std::unique_ptr<Program> program,
                 TurnWaiter& waiter, const std::shared_ptr<ReplySlot>& inside, bool* leaves) override;
  bool busy_elsewhere(const std::shared_ptr<ReplySlot>& inside) const override;
  std::optional<CapacityFailure> RunWhenFree(std::unique_ptr<Program> program, const CallLimits& limits) override;
  Cancelled Cancel(uint64_t call_id, bool only_running) override;
  void SettleHostPromise(uint64_t promise_id, HostReply reply) override;
  void LetGo(value::HandleKind kind, uint64_t id, uint64_t count) override;
  void RequestCollection() override;
  size_t functions_arrived() const override { return handles_.arrived(); }
  std::optional<ConsoleItem> NextLine() override { return console_.Next(); }
  void EventRead(size_t bytes) override;
  void AddModule(std::string url, ModuleSource source) override;
  void SetModuleHooks(bool resolver, bool loader) override;
  void Terminate(std::string reason) override;
  void Close() override;
  State state() const override;
  bool gone() const override { return gone_.load(std::memory_order_acquire); }
  std::optional<Stop> final_stop() const override;
  bool stopped_for_good() const override { return stopped_.load(std::memory_order_acquire); }
  const GuestOptions& options() const override { return options_; }
  GuestNumbers numbers() override;
  GuestUse use() const override;

  // --- For the link. ---

  // A frame of so many bytes. False: it can't be. The channel's thread.
  bool OnMessage(FromCell& message, size_t size);
  // The cell has ended. The channel's thread.
  void Died(const Stop& stop);
  // Whether something is overdue; `next`: when to look again, if earlier. The watchdog's thread.
  bool IsLate(int64_t now, int64_t* next);
  // Something is asked of it that it has not answered.
  bool waits() const;
  uint64_t calls_made() const;
  // For RemoteSlot: the host's answer to what waits in the guest. False: nobody waits any more.
  bool AnswerHere(uint64_t slot, HostReply* reply);

 private:
  // A thread of the host that waits for the answer of a synchronous call. On its stack.
  struct SyncWait {
    TurnWaiter& waiter;
    uint64_t call_id;
    bool done = false;
    bool leaves = false;
    bool waits = false;
    bool forgotten = false;  // what it left is gone already
    Outcome outcome = {};
  };
  // What the cell is asked and answers at once, for a thread that waits a moment. On its stack.
  struct Question {
    std::condition_variable changed;
    bool done = false;
    Cancelled was = Cancelled::kGoesOn;
  };

  bool Send(ToCell message) { return link_->Send(id_, acknowledgements_->Take(), std::move(message)); }
  // Limits with the grace that the cell has.
  CallLimits WithGrace(const CallLimits& limits) const;
  Stop FinalStop() const;
  // What `form` brings is on its way; or it never will be.
  void NoteSent(const ProgramForm& form);
  void DropForm(const ProgramForm& form);
  void Refuse(uint64_t call_id, const ProgramForm& form, Outcome outcome);
  // More is on its way than may be: of this guest, of whose it has not answered so much yet, or of all in the cell.
  CapacityFailure Congested(size_t waiting, size_t bytes) const;
  // A call that was answered here: the cell has to say something of it, too.
  // False: it has its answer.
  bool GiveUp(uint64_t call_id);
  // Asks what the cell answers at once, and waits a moment for it. False: there is no answer.
  template <typename Message>
  bool Ask(Message message, Question* question);
  // An answer that is the guest's end: its state says so before anybody has the answer. The guest itself says it later.
  void NoteFinal(const Outcome& outcome);
  // Everybody who waits gets `stop`, or what was noted. False: that was done.
  bool Stopped(const Stop& stop);
  // Nothing comes from it any more; what is left of its numbers.
  void Gone(const GuestNumbers& numbers);
  // The same, if it has not said so.
  void GoneUnheard();
  // Needs mutex_.
  static void FinishSync(SyncWait* wait, Outcome outcome);
  // Something came that nobody wants any more. False: too often.
  bool Stray();

  // remote_answers.cc: a frame each.
  bool On(Created&, size_t) { return false; }
  bool On(CreateFailed&, size_t) { return false; }
  bool On(Pong&, size_t) { return false; }
  bool On(SettledCall& message, size_t size);
  bool On(RanNow& message, size_t size);
  bool On(FreeRan& message, size_t size);
  bool On(WasCancelled& message, size_t size);
  bool On(SettledPromise& message, size_t size);
  bool On(FailedPromises& message, size_t size);
  bool On(AskedHost& message, size_t size);
  bool On(AskedCollection& message, size_t size);
  bool On(ReleasedExport& message, size_t size);
  bool On(TookPromise& message, size_t size);
  bool On(Numbers& message, size_t size);
  bool On(GuestGone& message, size_t size);
  bool On(ConsoleLine& message, size_t size);
  bool On(ConsoleDropped& message, size_t size);
  bool On(UnhandledRejection& message, size_t size);
  bool On(CallHeld& message, size_t size);
  bool On(CallForgotten& message, size_t size);
  bool On(Ended& message, size_t size);
  bool On(Fatal& message, size_t size);
  // Whoever waits for the answer to a question has it. False: it was not asked. Needs mutex_.
  bool Answered(uint64_t ticket, Cancelled was);
  // False: there is one already.
  bool AddSlot(uint64_t slot, std::shared_ptr<ReplySlot>* made);
  // Whether it is open or was given up; then it is neither any more. `open`: somebody waits for its answer.
  bool TakeCall(uint64_t call_id, bool* open);
  // Needs mutex_.
  void NoteUse(const GuestUse& use);
  // Needs mutex_.
  void NoteNumbers(const GuestNumbers& numbers);

  const std::shared_ptr<CellLink> link_;
  const uint64_t id_;
  const GuestOptions options_;
  const std::shared_ptr<Host> host_;
  HandleAccount handles_;
  std::shared_ptr<Acknowledgements> acknowledgements_;
  CallTable calls_;
  ConsoleLines console_;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> gone_{false};

  mutable std::mutex mutex_;  // guards the rest
  std::optional<Stop> final_;
  bool only_noted_ = false;  // final_, and nobody was told
  uint64_t next_ticket_ = 1;
  // By ticket; null: nobody waits any more, and the answer is yet to come.
  std::unordered_map<uint64_t, SyncWait*> sync_;
  std::unordered_set<uint64_t> late_sync_;  // of those: that nobody waits for any more, because they took too long
  std::unordered_map<uint64_t, Question*> questions_;
  std::unordered_map<uint64_t, std::shared_ptr<ReplySlot>> slots_;  // what waits in the guest for the host
  std::unordered_map<uint64_t, int64_t> given_up_;                  // answered here: until when the cell has to say so
  std::unordered_set<uint64_t> held_calls_;                         // CallHeld without CallForgotten
  std::deque<size_t> deferred_;                                     // bytes of what RunWhenFree was given
  size_t deferred_bytes_ = 0;
  size_t untaken_ = 0;                // host promises that were settled
  std::deque<size_t> unread_events_;  // the bytes of each
  size_t unread_event_bytes_ = 0;
  int64_t gone_by_ = Watched::kNever;
  bool said_ended_ = false;
  bool said_fatal_ = false;
  uint64_t calls_made_ = 0;
  uint64_t strays_ = 0;
  const int64_t born_ = SteadyNow();
  int64_t waited_ = 0;  // for answers to questions
  GuestUse use_;
  int64_t charged_ = 0;  // processor time that it has not said
  GuestNumbers numbers_;
};

}  // namespace isolet::wire
