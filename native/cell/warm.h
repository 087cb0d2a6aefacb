// What happens once per process and opens files when it does: it has to have happened before a cell is sealed.
//
// The environment's thread.
#pragma once

#include <optional>

#include "calls/outcome.h"

namespace isolet {

// A text if the system refuses a thread.
std::optional<CapacityFailure> WarmUp();

}  // namespace isolet
