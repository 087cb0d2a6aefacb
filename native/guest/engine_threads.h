// The threads without which no limit holds and no call is answered: that of lost/lost_threads.h, the watchdog's, and at
// least one worker. Under a limit on processes the system may refuse them; then there must be no guest.
//
// Any thread.
#pragma once

#include <optional>

#include "calls/outcome.h"

namespace isolet {

// Starts those that do not run yet. Says so if the system refuses; the next call tries again.
std::optional<CapacityFailure> StartEngineThreads();

}  // namespace isolet
