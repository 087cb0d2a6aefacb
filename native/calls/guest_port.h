// What a host asks of one of its guests, wherever that runs: in this process (guest/guest.h), or in a cell
// (wire/remote_guest.h). The counterpart of calls/host.h; who asks through it does not know which it has.
//
// Any thread unless said otherwise. Nothing here waits for code of the guest, except RunNow.
//
// What only makes sense in place is asked of in_place(): whether the calling thread has the guest's turn, and whether a
// synchronous call would run on it. A guest in a cell never does: RunNow waits on the caller's side, through the
// waiter, which serves what the guest asks of the host meanwhile; it ends with the answer, with the call's deadline and
// some grace, or with the cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "calls/call.h"
#include "calls/guest_event.h"
#include "calls/guest_numbers.h"
#include "calls/limits.h"
#include "calls/outcome.h"
#include "calls/reply_slot.h"
#include "calls/source.h"
#include "value/message.h"

namespace isolet {

class Guest;
class Program;
class TurnWaiter;
struct GuestOptions;

class GuestPort {
 public:
  enum class State : uint8_t { kOpen, kClosing, kClosed, kTerminated };
  // A new one, or why there is none.
  using Made = std::variant<std::shared_ptr<GuestPort>, Outcome>;

  virtual ~GuestPort() = default;

  // Null: it is in a cell.
  virtual Guest* in_place() = 0;

  // --- Calls. ---

  // Accepts an asynchronous call; the answer goes to Host::CallSettled.
  virtual void Start(uint64_t call_id, CallKind kind, const CallLimits& limits, std::unique_ptr<Program> program) = 0;
  // The host's thread: waits for `program`. `inside`: the host call of this guest that the thread is serving, which
  // the guest waits for meanwhile. `leaves`: set if something of the call is left in the guest (calls/ties.h).
  virtual Outcome RunNow(CallKind kind, uint64_t call_id, const CallLimits& limits, std::unique_ptr<Program> program,
                         TurnWaiter& waiter, const std::shared_ptr<ReplySlot>& inside, bool* leaves) = 0;
  // Whether RunNow would have to wait for another thread, or for calls that came before.
  virtual bool busy_elsewhere(const std::shared_ptr<ReplySlot>& inside) const = 0;
  // Runs `program` before anything else that comes after; nobody hears how it ended. Refused if too much waits.
  virtual std::optional<CapacityFailure> RunWhenFree(std::unique_ptr<Program> program, const CallLimits& limits) = 0;
  // Stops a call. With `only_running`, for an asynchronous one: unless it has begun and only waits.
  virtual Cancelled Cancel(uint64_t call_id, bool only_running) = 0;

  // --- What crosses. ---

  // Ends the guest if more bytes wait for it than its limit.
  virtual void SettleHostPromise(uint64_t promise_id, HostReply reply) = 0;
  // The host holds a function or stream so many arrivals less, or a promise no more.
  virtual void LetGo(value::HandleKind kind, uint64_t id, uint64_t count) = 0;
  // The same for all that is in something the host will never read.
  void LetGoOf(const value::Message& unread);
  void LetGoOf(const Outcome& unread);
  // The host wants to know which of its functions the guest has dropped, and how many have come there since it last
  // looked.
  virtual void RequestCollection() = 0;
  virtual size_t functions_arrived() const = 0;
  // The next line of the console that the host has not read; sees at least what was written before an answer it has.
  virtual std::optional<ConsoleItem> NextLine() = 0;
  // The host has read an UnhandledRejection of so many bytes.
  virtual void EventRead(size_t bytes) = 0;

  // --- Modules. ---

  virtual void AddModule(std::string url, ModuleSource source) = 0;
  virtual void SetModuleHooks(bool resolver, bool loader) = 0;

  // --- Its end. ---

  virtual void Terminate(std::string reason) = 0;
  virtual void Close() = 0;
  virtual State state() const = 0;
  // Nothing of it is left, or never will be left again (lost).
  virtual bool gone() const = 0;
  virtual std::optional<Stop> final_stop() const = 0;
  virtual bool stopped_for_good() const = 0;

  // --- What it is and has. ---

  virtual const GuestOptions& options() const = 0;
  // All of them, fresh where that needs no waiting.
  virtual GuestNumbers numbers() = 0;
  // What a call is charged with: as of the last answer at least, at no cost.
  virtual GuestUse use() const = 0;
};

}  // namespace isolet
