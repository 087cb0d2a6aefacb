// Counters of one guest. Written by the thread that has its turn unless said otherwise, read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "calls/call.h"

namespace isolet {

struct Stats {
  static constexpr size_t kKinds = static_cast<size_t>(CallKind::kSnapshotScript) + 1;
  static constexpr int kNoKind = -1;

  // Any thread.
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
    Add(&wall_total, wall);
    wall_last.store(last_wall, std::memory_order_relaxed);
    Add(&cpu_total, cpu);
    cpu_last.store(last_cpu, std::memory_order_relaxed);
    if (kind < CallKind::kInternal) last_kind.store(static_cast<int>(kind), std::memory_order_relaxed);
  }

 private:
  // There is one writer at a time: no need to lock the bus for it.
  static void Add(std::atomic<int64_t>* total, int64_t more) {
    total->store(total->load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
};

}  // namespace isolet
