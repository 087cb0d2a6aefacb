// The limits of one call, and the bounds that no option changes. Plain data.
#pragma once

#include <cstddef>

namespace isolet {

struct CallLimits {
  double timeout_ms = 0;      // wall time, 0 = none
  double cpu_timeout_ms = 0;  // time of the thread that runs the guest, 0 = none
  bool operator==(const CallLimits&) const = default;
};

// Bounds that no option changes.
inline constexpr int kMaxNesting = 32;                        // guest entries on one stack
inline constexpr size_t kMaxHostCallsInFlight = 4096;         // asynchronous host calls one guest may have open
inline constexpr size_t kMaxSourceBytes = 16u * 1024 * 1024;  // V8's parser takes many times this outside the heap
inline constexpr size_t kMaxErrorText = 64 * 1024;            // characters of a message or a stack that reach the host

}  // namespace isolet
