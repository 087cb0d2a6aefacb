// The limits of one call, and the bounds that no option changes. Plain data.
#pragma once

#include <cstddef>

namespace isolet {

struct CallLimits {
  double timeout_ms = 0;      // wall time, 0 = none
  double cpu_timeout_ms = 0;  // time of the thread that runs the guest, 0 = none
  // A call within another has what is left of that one; these are the limits somebody set, for errors to name. 0 = as
  // above.
  double set_timeout_ms = 0;
  double set_cpu_timeout_ms = 0;
  bool operator==(const CallLimits&) const = default;
};

// The smaller of each of both; of limits that are the same, `other`.
inline CallLimits Tighter(CallLimits limits, const CallLimits& other) {
  auto tighter = [](double own, double its) { return own > 0 && (its == 0 || own < its); };
  if (!tighter(limits.timeout_ms, other.timeout_ms)) {
    limits.timeout_ms = other.timeout_ms;
    limits.set_timeout_ms = other.set_timeout_ms;
  }
  if (!tighter(limits.cpu_timeout_ms, other.cpu_timeout_ms)) {
    limits.cpu_timeout_ms = other.cpu_timeout_ms;
    limits.set_cpu_timeout_ms = other.set_cpu_timeout_ms;
  }
  return limits;
}

// Bounds that no option changes.
inline constexpr int kMaxNesting = 32;                        // guest entries on one stack
inline constexpr size_t kMaxHostCallsInFlight = 4096;         // asynchronous host calls one guest may have open
inline constexpr size_t kMaxSourceBytes = 16u * 1024 * 1024;  // V8's parser takes many times this outside the heap
inline constexpr size_t kMaxErrorText = 64 * 1024;            // characters of a message or a stack that reach the host

}  // namespace isolet
