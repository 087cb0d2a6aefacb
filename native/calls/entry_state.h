// What a guest's entries have in common: how deep they are nested, since when the outermost one runs, and what it has
// to see to when it ends. The thread that holds the isolate's lock.
#pragma once

#include <cstdint>

#include "calls/call.h"

namespace isolet {

struct Stats;

// The time of the outermost entry, added to the statistics whenever an answer leaves.
struct EntryClock {
  CallKind kind = CallKind::kInternal;
  int64_t wall_began = 0, cpu_began = 0, wall_counted = 0, cpu_counted = 0;

  void Begin(CallKind of, int64_t now);
  void Count(Stats& stats, int64_t now);
};

struct EntryState {
  EntryClock clock;
  int depth = 0;                 // entries on the guest's stack
  uint64_t entries = 0;          // ever
  bool scripts_ran = false;      // what they declared may hide what is bound
  bool microtasks_lost = false;  // V8 threw away what was queued
  bool loads_modules = false;    // a stop may have interrupted that
  bool shares_text = false;      // a source text of it is outside its heap
};

}  // namespace isolet
