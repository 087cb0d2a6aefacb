// The switches and limits of one guest, as validated by the layer above. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "calls/limits.h"
#include "value/message.h"

namespace isolet {

// What the scripts of a snapshot found on their globalThis and may have taken hold of.
struct SnapshotAbilities {
  uint32_t max_timers = 0;  // 0 = no timers
  bool streams = false;
  bool web = false;
  bool operator==(const SnapshotAbilities&) const = default;
};

// The web's APIs of a guest.
struct WebOptions {
  bool on = false;
  double clock_resolution = 0;  // milliseconds, 0 = the finest there is
  std::string settings;         // what the program in the guest reads, as JSON
  bool operator==(const WebOptions&) const = default;
};

// What an isolate is made from.
struct IsolateRecipe {
  size_t max_heap_size = 0;  // bytes, 0 = V8's default
  size_t initial_heap_size = 0;
  size_t young_heap_size = 0;  // part of max_heap_size for objects that are new, 0 = V8's default
  // A startup snapshot without its header, shared by all runtimes made from it; null = V8's default.
  std::shared_ptr<const std::vector<char>> snapshot;
  bool operator==(const IsolateRecipe&) const = default;
};

// What a guest is set up with, and can't be changed once it is. Guests that agree in it can take each other's place
// while they have served nobody.
struct GuestRecipe : IsolateRecipe {
  SnapshotAbilities in_snapshot;  // what it brings
  // The scripts of the snapshot must not find them: AddLateProgram makes them.
  bool late_timers = false;
  bool late_streams = false;
  bool late_web = false;
  bool makes_snapshot = false;  // a state for other guests is made here: it has what any of them may need
  bool console = false;
  bool code_generation_strings = true;
  bool code_generation_wasm = true;
  uint32_t max_timers = 0;
  std::string streams;  // the program that makes the guest's streams; empty: there are none
  WebOptions web;
  bool operator==(const GuestRecipe&) const = default;
};

struct GuestOptions : GuestRecipe {
  value::Limits transfer;
  CallLimits default_limits;            // for guest code that brings none of its own
  uint32_t max_held_handles = 0;        // functions, streams and pending promises of the guest in the host
  size_t max_open_host_call_bytes = 0;  // arguments of host calls that are not answered
  // Buffers in what the guest's functions answer leave with their memory.
  bool move_results = false;
  // Synchronous calls run on the calling thread: fastest, but there V8 can't give up without ending the process.
  bool sync_in_place = false;
  // What a stopped call has open (host calls, timers) still settles: other calls may wait for it.
  bool settle_stopped = false;
};

}  // namespace isolet
