// How a call ended: the three shapes that must never be mixed (the guest's value or error, the limit that stopped it,
// the host's misuse), as plain data that may go to any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "value/message.h"
#include "value/plain.h"

namespace isolet {

struct StackFrame {
  std::string function_name;
  std::string file_name;
  int line = 0;  // 1-based, 0 = unknown
  int column = 0;
};

// The guest threw.
struct GuestError {
  std::optional<std::string> name;  // none: what was thrown is not an Error
  std::string message;
  std::optional<std::string> stack;
  std::vector<StackFrame> frames;
  // What was thrown, if it can cross.
  std::optional<value::Message> thrown;
  // The host Error this one stands for, 0 = none (see HostErrors).
  uint64_t host_error = 0;
};

enum class StopReason : uint8_t {
  kNone,
  kWallTimeout,
  kCpuTimeout,
  kHeapLimit,
  kTerminated,
  kClosed,
  kAborted,
  kDropped,   // what the call waited for was thrown away when another call was stopped; the guest goes on
  kCellDied,  // the process that the guest was in; `detail`: why
};

enum class Phase : uint8_t { kQueued, kSync, kPending, kHost };

// Something other than the guest ended it.
struct Stop {
  StopReason reason = StopReason::kNone;
  double limit = 0;  // milliseconds or bytes
  double used = 0;
  Phase phase = Phase::kSync;
  std::string detail;  // kTerminated, kCellDied: why
};

inline bool IsTimeout(const Stop& stop) {
  return stop.reason == StopReason::kWallTimeout || stop.reason == StopReason::kCpuTimeout;
}

struct ModuleFailure {
  bool not_found = false;
  std::string message;
  std::string specifier;
  std::string referrer;                 // empty for an entry
  std::optional<value::Message> cause;  // what the host's resolver or loader threw
};

// The host asked for something that can't be: calls nested too deep.
struct NestingFailure {
  int limit = 0;
};

struct CapacityFailure {
  std::string message;
  double limit = 0;
  double actual = 0;
};

// A snapshot could not be made or must not be used.
struct SnapshotFailure {
  std::string message;
};

using Outcome = std::variant<value::Message, value::Primitive, GuestError, Stop, value::Failure, ModuleFailure,
                             NestingFailure, CapacityFailure, SnapshotFailure>;

// What the guest answered, as opposed to all that can go wrong.
inline bool IsValue(const Outcome& outcome) {
  return std::holds_alternative<value::Message>(outcome) || std::holds_alternative<value::Primitive>(outcome);
}

// The message that it carries, if any.
inline const value::Message* MessageIn(const Outcome& outcome) {
  if (auto* message = std::get_if<value::Message>(&outcome)) return message;
  if (auto* error = std::get_if<GuestError>(&outcome)) return error->thrown ? &*error->thrown : nullptr;
  auto* failure = std::get_if<ModuleFailure>(&outcome);
  return failure != nullptr && failure->cause ? &*failure->cause : nullptr;
}

}  // namespace isolet
