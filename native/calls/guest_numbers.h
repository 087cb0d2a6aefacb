// What a guest has and has used, as numbers for whoever asks. Plain data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "calls/stats.h"

namespace isolet {

struct HeapNumbers {
  size_t total = 0, used = 0, limit = 0, external = 0, physical = 0, malloced = 0;
};

// Nanoseconds inside the guest, and bytes of its heap.
struct GuestUse {
  int64_t cpu = 0;
  int64_t wall = 0;
  size_t heap_used = 0;
};

// Stats at one moment.
struct CallNumbers {
  std::array<uint64_t, Stats::kKinds> calls{};
  uint64_t host_calls = 0;
  uint64_t host_calls_async = 0;
  uint64_t timeouts = 0;
  uint64_t errors = 0;
  int64_t wall_total = 0;
  int64_t wall_last = 0;
  int64_t cpu_total = 0;
  int64_t cpu_last = 0;
  int last_kind = Stats::kNoKind;
};

struct GuestNumbers {
  HeapNumbers heap;
  CallNumbers calls;
  size_t array_buffer_bytes = 0;
  size_t pending_calls = 0;
  size_t active_host_calls = 0;
  size_t active_timers = 0;
  size_t function_handles = 0;
  size_t held_handles = 0;
};

CallNumbers NumbersOf(const Stats& stats);

}  // namespace isolet
