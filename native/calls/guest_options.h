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
};

// The web's APIs of a guest.
struct WebOptions {
  bool on = false;
  double clock_resolution = 0;  // milliseconds, 0 = the finest there is
  std::string settings;         // what the program in the guest reads, as JSON
};

struct GuestOptions {
  size_t max_heap_size = 0;  // bytes, 0 = V8's default
  size_t initial_heap_size = 0;
  value::Limits transfer;
  CallLimits default_limits;  // for guest code that brings none of its own
  // A startup snapshot without its header, shared by all runtimes made from it; null = V8's default.
  std::shared_ptr<const std::vector<char>> snapshot;
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
  uint32_t max_held_handles = 0;        // functions, streams and pending promises of the guest in the host
  size_t max_open_host_call_bytes = 0;  // arguments of host calls that are not answered
  std::string streams;                  // the program that makes the guest's streams; empty: there are none
  WebOptions web;
  // Synchronous calls run on the calling thread: fastest, but there V8 can't give up without ending the process.
  bool sync_in_place = false;
  // What a stopped call has open (host calls, timers) still settles: other calls may wait for it.
  bool settle_stopped = false;
  std::string name;
};

}  // namespace isolet
