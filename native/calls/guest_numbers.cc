#include "calls/guest_numbers.h"

namespace isolet {

CallNumbers NumbersOf(const Stats& stats) {
  const auto of = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
  CallNumbers numbers;
  for (size_t kind = 0; kind < Stats::kKinds; ++kind) numbers.calls[kind] = of(stats.calls[kind]);
  numbers.host_calls = of(stats.host_calls);
  numbers.host_calls_async = of(stats.host_calls_async);
  numbers.timeouts = of(stats.timeouts);
  numbers.errors = of(stats.errors);
  numbers.wall_total = of(stats.wall_total);
  numbers.wall_last = of(stats.wall_last);
  numbers.cpu_total = of(stats.cpu_total);
  numbers.cpu_last = of(stats.cpu_last);
  numbers.last_kind = of(stats.last_kind);
  return numbers;
}

}  // namespace isolet
