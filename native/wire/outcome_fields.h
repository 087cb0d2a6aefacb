// How calls end, on the wire: every alternative of Outcome.
#pragma once

#include "calls/call.h"
#include "calls/limits.h"
#include "calls/outcome.h"
#include "calls/reply_slot.h"
#include "wire/value_fields.h"

namespace isolet::wire {

// What the engine writes itself, and names: of functions, files, modules.
inline constexpr size_t kMostText = 64 * 1024;
inline constexpr size_t kMostName = 4096;
// As UTF-8.
inline constexpr size_t kMostErrorText = 3 * kMaxErrorText;
inline constexpr size_t kMostFrames = 256;

template <typename F>
bool Fields(F& f, CallLimits& limits) {
  return f.Double(limits.timeout_ms) && f.Double(limits.cpu_timeout_ms) && f.Double(limits.set_timeout_ms) &&
         f.Double(limits.set_cpu_timeout_ms);
}

template <typename F>
bool Fields(F& f, StackFrame& frame) {
  return f.Text(frame.function_name, kMostName) && f.Text(frame.file_name, kMostName) &&
         f.Number(frame.line, INT32_MAX) && f.Number(frame.column, INT32_MAX);
}

template <typename F>
bool Fields(F& f, GuestError& error) {
  return Maybe(f, error.name, [&](auto& name) { return f.Text(name, kMostErrorText); }) &&
         f.Text(error.message, kMostErrorText) &&
         Maybe(f, error.stack, [&](auto& stack) { return f.Text(stack, kMostErrorText); }) &&
         List(f, error.frames, kMostFrames, [&](auto& frame) { return Fields(f, frame); }) &&
         Maybe(f, error.thrown, [&](auto& thrown) { return Fields(f, thrown); }) && Id(f, error.host_error);
}

template <typename F>
bool Fields(F& f, Stop& stop) {
  return f.Enum(stop.reason, StopReason::kCellDied) && f.Double(stop.limit) && f.Double(stop.used) &&
         f.Enum(stop.phase, Phase::kHost) && f.Text(stop.detail, kMostText);
}

template <typename F>
bool Fields(F& f, value::Failure& failure) {
  return f.Enum(failure.kind, value::Failure::Kind::kHeld) && f.Text(failure.what, kMostText) &&
         f.Text(failure.path, kMostText) && f.Number(failure.limit) && f.Number(failure.actual);
}

template <typename F>
bool Fields(F& f, ModuleFailure& failure) {
  return f.Flag(failure.not_found) && f.Text(failure.message, kMostErrorText) && f.Text(failure.specifier, kMostText) &&
         f.Text(failure.referrer, kMostText) && Maybe(f, failure.cause, [&](auto& cause) { return Fields(f, cause); });
}

template <typename F>
bool Fields(F& f, NestingFailure& failure) {
  return f.Number(failure.limit, INT32_MAX);
}

template <typename F>
bool Fields(F& f, CapacityFailure& failure) {
  return f.Text(failure.message, kMostText) && f.Double(failure.limit) && f.Double(failure.actual);
}

template <typename F>
bool Fields(F& f, SnapshotFailure& failure) {
  return f.Text(failure.message, kMostText);
}

template <typename F>
bool Fields(F& f, Outcome& outcome) {
  return OneOf(f, outcome);
}

template <typename F>
bool Fields(F& f, HostReply& reply) {
  return f.Flag(reply.threw) && Fields(f, reply.value) && Id(f, reply.host_error);
}

}  // namespace isolet::wire
