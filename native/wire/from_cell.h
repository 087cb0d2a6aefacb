// What the guests in a cell say to their host: Host as frames, and the answers
// to what it asked. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "calls/call.h"
#include "calls/guest_event.h"
#include "calls/guest_numbers.h"
#include "calls/host_call.h"
#include "calls/outcome.h"
#include "value/message.h"

namespace isolet::wire {

struct Created {};

// The cell itself says that it is there.
struct Pong {
  uint64_t number = 0;
};

struct CreateFailed {
  Outcome why;
};

struct SettledCall {
  uint64_t call_id = 0;
  bool counted = false;  // until the host has read it, and says so
  GuestUse use;
  Outcome outcome;
};

struct RanNow {
  uint64_t ticket = 0;
  bool leaves = false;
  bool waits = false;  // a module waits at a top-level await: the answer is that
                       // of a call
  GuestUse use;
  Outcome outcome;
};

struct FreeRan {};

struct WasCancelled {
  uint64_t ticket = 0;
  Cancelled was = Cancelled::kSettled;
};

struct SettledPromise {
  uint64_t promise_id = 0;
  bool counted = false;
  Outcome outcome;
};

struct FailedPromises {
  std::vector<uint64_t> promise_ids;
  Stop stop;
};

struct AskedHost {
  uint64_t function_id = 0;
  uint64_t call_id = 0;
  HostCallMode mode = HostCallMode::kAuto;
  uint64_t slot = 0;        // of one that waits, 0 = none
  uint64_t promise_id = 0;  // of one that does not
  value::Message arguments;
};

struct AskedCollection {
  uint64_t slot = 0;  // 0: nobody waits
};

struct ReleasedExport {
  uint64_t function_id = 0;
  uint64_t count = 0;
};

struct TookPromise {};

struct Numbers {
  uint64_t ticket = 0;
  GuestNumbers numbers;
};

// The isolate is gone: the last frame of a guest.
struct GuestGone {
  GuestNumbers numbers;
};

using FromCell =
    std::variant<Created, CreateFailed, Pong, SettledCall, RanNow, FreeRan, WasCancelled, SettledPromise,
                 FailedPromises, AskedHost, AskedCollection, ReleasedExport, TookPromise, Numbers, GuestGone,
                 ConsoleLine, ConsoleDropped, UnhandledRejection, CallHeld, CallForgotten, Ended, Fatal>;

}  // namespace isolet::wire
