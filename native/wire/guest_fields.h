// What a guest is made with, what it tells its host unasked, and its numbers,
// on the wire.
#pragma once

#include <iterator>
#include <string_view>

#include "calls/guest_event.h"
#include "calls/guest_numbers.h"
#include "calls/guest_options.h"
#include "wire/outcome_fields.h"

namespace isolet::wire {

inline constexpr size_t kMostProgram = size_t{64} << 20;
inline constexpr size_t kMostStack = 16 * 1024;  // of one line; up to 1,024 of them wait

template <typename F>
bool Fields(F& f, SnapshotAbilities& abilities) {
  return f.Number(abilities.max_timers) && f.Flag(abilities.streams) && f.Flag(abilities.web);
}

template <typename F>
bool Fields(F& f, WebOptions& web) {
  return f.Flag(web.on) && f.Double(web.clock_resolution) && f.Text(web.settings, kMostProgram);
}

// Without the snapshot, which may be that of many guests (ToCell's
// CreateGuest).
template <typename F>
bool Fields(F& f, GuestOptions& options) {
  return f.Number(options.max_heap_size) && f.Number(options.initial_heap_size) && Fields(f, options.in_snapshot) &&
         f.Flag(options.late_timers) && f.Flag(options.late_streams) && f.Flag(options.late_web) &&
         f.Flag(options.makes_snapshot) && f.Flag(options.console) && f.Flag(options.code_generation_strings) &&
         f.Flag(options.code_generation_wasm) && f.Number(options.max_timers) &&
         f.Text(options.streams, kMostProgram) && Fields(f, options.web) && f.Number(options.transfer.max_depth) &&
         f.Number(options.transfer.max_bytes) && Fields(f, options.default_limits) &&
         f.Number(options.max_held_handles) && f.Number(options.max_open_host_call_bytes) &&
         f.Flag(options.move_results) && f.Flag(options.sync_in_place) && f.Flag(options.settle_stopped);
}

// ConsoleLine::method points to one of these.
inline constexpr const char* kConsoleMethods[] = {
    "debug", "log",        "info",  "warn",    "error",          "dirxml",   "dir",
    "table", "assert",     "trace", "group",   "groupCollapsed", "groupEnd", "clear",
    "count", "countReset", "time",  "timeLog", "timeEnd"};

template <typename F>
bool Method(F& f, const char*& method) {
  uint8_t index = 1;  // log
  if constexpr (F::kWrites) {
    for (uint8_t i = 0; i < std::size(kConsoleMethods); ++i) {
      if (std::string_view(kConsoleMethods[i]) == method) index = i;
    }
  }
  if (!f.Number(index, std::size(kConsoleMethods) - 1)) return false;
  method = kConsoleMethods[index];
  return true;
}

template <typename F>
bool Fields(F& f, ConsoleLine& line) {
  return f.Enum(line.level, ConsoleLine::Level::kTrace) && Method(f, line.method) && f.Number(line.depth, INT32_MAX) &&
         f.Text(line.stack, kMostStack) && Fields(f, line.arguments) && Id(f, line.call_id);
}

template <typename F>
bool Fields(F& f, ConsoleDropped& dropped) {
  return Id(f, dropped.lines);
}

template <typename F>
bool Fields(F& f, UnhandledRejection& rejection) {
  return Id(f, rejection.bytes) && Fields(f, rejection.error) && Id(f, rejection.call_id);
}

template <typename F>
bool Fields(F& f, CallHeld& held) {
  return Id(f, held.call_id);
}

template <typename F>
bool Fields(F& f, CallForgotten& forgotten) {
  return Id(f, forgotten.call_id);
}

template <typename F>
bool Fields(F& f, Ended& ended) {
  return Fields(f, ended.why);
}

template <typename F>
bool Fields(F& f, Fatal& fatal) {
  return f.Text(fatal.message, kMostText);
}

template <typename F>
bool Fields(F& f, GuestUse& use) {
  return f.Number(use.cpu) && f.Number(use.wall) && Id(f, use.heap_used);
}

template <typename F>
bool Fields(F& f, HeapNumbers& heap) {
  return Id(f, heap.total) && Id(f, heap.used) && Id(f, heap.limit) && Id(f, heap.external) && Id(f, heap.physical) &&
         Id(f, heap.malloced);
}

template <typename F>
bool Fields(F& f, CallNumbers& numbers) {
  for (uint64_t& calls : numbers.calls) {
    if (!Id(f, calls)) return false;
  }
  // By kind, or one less for none.
  uint32_t kind = static_cast<uint32_t>(numbers.last_kind + 1);
  if (!Id(f, numbers.host_calls) || !Id(f, numbers.host_calls_async) || !Id(f, numbers.timeouts) ||
      !Id(f, numbers.errors) || !f.Number(numbers.wall_total) || !f.Number(numbers.wall_last) ||
      !f.Number(numbers.cpu_total) || !f.Number(numbers.cpu_last) ||
      !f.Number(kind, static_cast<uint64_t>(CallKind::kInternal))) {
    return false;
  }
  numbers.last_kind = static_cast<int>(kind) - 1;
  return true;
}

template <typename F>
bool Fields(F& f, GuestNumbers& numbers) {
  return Fields(f, numbers.heap) && Fields(f, numbers.calls) && Id(f, numbers.array_buffer_bytes) &&
         Id(f, numbers.pending_calls) && Id(f, numbers.active_host_calls) && Id(f, numbers.active_timers) &&
         Id(f, numbers.function_handles) && Id(f, numbers.held_handles);
}

}  // namespace isolet::wire
