// Counters of one guest. Written by the thread that has its turn, read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "calls/call.h"

namespace isolet {

struct Stats {
  static constexpr size_t kKinds = static_cast<size_t>(CallKind::kSnapshotScript) + 1;
  static constexpr int kNoKind = -1;

  std::array<std::atomic<uint64_t>, kKinds> calls{};
  std::atomic<uint64_t> host_calls{0};
  std::atomic<uint64_t> host_calls_async{0};
  std::atomic<uint64_t> timeouts{0};
  std::atomic<uint64_t> errors{0};
  // Nanoseconds inside the guest.
  std::atomic<int64_t> wall_total{0};
  std::atomic<int64_t> wall_last{0};
  std::atomic<int64_t> cpu_total{0};
  std::atomic<int64_t> cpu_last{0};
  std::atomic<int> last_kind{kNoKind};

  void Count(CallKind kind) { calls[static_cast<size_t>(kind)].fetch_add(1, std::memory_order_relaxed); }
  // What a run has taken so far (`last`), and how much of that is not counted yet.
  void Ran(CallKind kind, int64_t wall, int64_t cpu, int64_t last_wall, int64_t last_cpu) {
    wall_total.fetch_add(wall, std::memory_order_relaxed);
    wall_last.store(last_wall, std::memory_order_relaxed);
    cpu_total.fetch_add(cpu, std::memory_order_relaxed);
    cpu_last.store(last_cpu, std::memory_order_relaxed);
    if (kind < CallKind::kInternal) last_kind.store(static_cast<int>(kind), std::memory_order_relaxed);
  }
};

}  // namespace isolet
