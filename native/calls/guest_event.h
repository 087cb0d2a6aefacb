// What a guest tells its host without being asked. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "calls/outcome.h"
#include "value/message.h"

namespace isolet {

struct ConsoleLine {
  enum class Level : uint8_t { kDebug, kLog, kInfo, kWarn, kError, kTrace };
  Level level = Level::kLog;
  const char* method = "log";  // static
  uint32_t depth = 0;          // groups that are open
  std::string stack;           // of console.trace
  value::Message arguments;    // a list
  uint64_t call_id = 0;        // whose code wrote it, 0 = unknown
};

// Lines were dropped because the host did not read fast enough.
struct ConsoleDropped {
  uint64_t lines = 0;
};

using ConsoleItem = std::variant<ConsoleLine, ConsoleDropped>;

// Something waits in GuestPort::NextLine, or did.
struct ConsoleNews {};

// The guest threw where nobody catches: a rejected promise without a handler, a timer, a microtask; or a limit ended
// such work.
struct UnhandledRejection {
  size_t bytes = 0;  // counted as unread, see Rejections::EventRead
  Outcome error;
  uint64_t call_id = 0;  // in which it happened, 0 = unknown
};

// A call is answered next, and some of it is left in the guest (calls/ties.h).
struct CallHeld {
  uint64_t call_id = 0;
};
// Nothing is left of it any more.
struct CallForgotten {
  uint64_t call_id = 0;
};

struct Ended {
  Stop why;
};

struct Fatal {
  std::string message;
};

using GuestEvent = std::variant<ConsoleNews, UnhandledRejection, CallHeld, CallForgotten, Ended, Fatal>;

}  // namespace isolet
