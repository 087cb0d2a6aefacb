// What a host says to the guests in a cell: GuestPort as frames. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "calls/call.h"
#include "calls/guest_options.h"
#include "calls/limits.h"
#include "calls/program_form.h"
#include "calls/reply_slot.h"
#include "calls/source.h"
#include "value/message.h"

namespace isolet::wire {

// A startup snapshot, for guests that come. Of the cell, not of a guest.
struct KeepSnapshot {
  uint64_t number = 0;
  std::vector<char> bytes;
};

// Whether it is there. Of the cell; answered with Pong.
struct Ping {
  uint64_t number = 0;
};

// The host's, from now on. Of the cell.
struct SetTimeZone {
  std::string name;
};

// Answered with Created or CreateFailed.
struct CreateGuest {
  GuestOptions options;
  uint64_t snapshot = 0;  // number of one that was kept; 0: none
};

struct StartCall {
  uint64_t call_id = 0;
  CallKind kind = CallKind::kEvalAsync;
  CallLimits limits;
  ProgramForm program;
};

// Answered with RanNow.
struct RunNowCall {
  uint64_t ticket = 0;
  uint64_t inside = 0;  // the host call that the caller serves, 0 = none
  uint64_t call_id = 0;
  CallKind kind = CallKind::kEval;
  CallLimits limits;
  ProgramForm program;
};

// FreeRan comes when it has run or was dropped.
struct RunFree {
  CallLimits limits;
  ProgramForm program;
};

// Answered with WasCancelled if it has a ticket.
struct CancelCall {
  uint64_t ticket = 0;
  uint64_t call_id = 0;
  bool only_running = false;
};

struct SettlePromise {
  uint64_t promise_id = 0;
  HostReply reply;
};

// To a host call, or a collection, that waits in the guest.
struct AnswerSlot {
  uint64_t slot = 0;
  HostReply reply;
};

struct LetGoHandles {
  value::HandleKind kind = value::HandleKind::kGuestFunction;
  uint64_t id = 0;
  uint64_t count = 0;
};

struct CollectFunctions {};

struct AddModuleSource {
  std::string url;
  ModuleSource source;
};

struct ModuleHooks {
  bool resolver = false;
  bool loader = false;
};

struct ReadEvent {
  uint64_t bytes = 0;
};

// Answered with Numbers.
struct AskNumbers {
  uint64_t ticket = 0;
};

// Nothing but what each frame to a guest may bring (Acknowledged).
struct Acknowledge {};

struct TerminateGuest {
  std::string reason;
};

struct CloseGuest {};

using ToCell = std::variant<KeepSnapshot, Ping, SetTimeZone, CreateGuest, StartCall, RunNowCall, RunFree, CancelCall,
                            SettlePromise, AnswerSlot, LetGoHandles, CollectFunctions, AddModuleSource, ModuleHooks,
                            ReadEvent, AskNumbers, Acknowledge, TerminateGuest, CloseGuest>;

// What the host is done with since the last frame to this guest.
struct Acknowledged {
  uint64_t answers = 0;              // that it has read, in their order
  std::vector<uint64_t> host_calls;  // that are not open any more: by promise, or by slot

  bool empty() const { return answers == 0 && host_calls.empty(); }
};

}  // namespace isolet::wire
