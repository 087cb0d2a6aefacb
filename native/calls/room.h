// How much may wait for one guest, wherever it runs, and what is said of more.
#pragma once

#include <cstddef>

#include "calls/guest_options.h"
#include "calls/outcome.h"

namespace isolet {

// Asynchronous calls of one guest that wait or run; each is some hundred bytes here and a promise of the host.
inline constexpr size_t kMaxCalls = 50'000;

// Of programs that wait for their turn, beyond the guest's limit: a small one may be sent more than it could keep, as
// it takes one at a time.
inline constexpr size_t kQueuedSlack = size_t{32} << 20;

inline size_t MostQueuedBytes(const GuestOptions& options) {
  return options.max_heap_size == 0 ? SIZE_MAX : options.max_heap_size + kQueuedSlack;
}

inline CapacityFailure TooManyCalls(size_t actual) {
  return {"Too many calls of this runtime wait for their answer", static_cast<double>(kMaxCalls),
          static_cast<double>(actual)};
}

inline CapacityFailure TooManyQueuedBytes(size_t most, size_t actual) {
  return {"Too many bytes of code and arguments wait for this runtime", static_cast<double>(most),
          static_cast<double>(actual)};
}

}  // namespace isolet
