// What a guest answers its host that no part answers alone (calls/guest_port.h).
#include <utility>

#include "guest/guest.h"

namespace isolet {

void Guest::AddModule(std::string url, ModuleSource source) {
  modules_.sources().Add(std::move(url), std::move(source));
}

GuestNumbers Guest::numbers() {
  GuestNumbers numbers;
  numbers.heap = heap_numbers();
  numbers.calls = NumbersOf(stats_);
  numbers.array_buffer_bytes = array_buffer_bytes();
  numbers.pending_calls = calls_.size();
  numbers.active_host_calls = promises_.active();
  numbers.active_timers = timers_.size();
  numbers.function_handles = functions_.size();
  numbers.held_handles = held_.size();
  return numbers;
}

GuestUse Guest::use() const {
  return {stats_.cpu_total.load(std::memory_order_relaxed), stats_.wall_total.load(std::memory_order_relaxed),
          heap_notes_.used()};
}

}  // namespace isolet
