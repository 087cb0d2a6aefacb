// A cell seals itself: warm, tried, without a way to be looked into, bounded, behind its own filter. There is no way
// back.
//
// The environment's thread, before the first guest runs code.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "calls/outcome.h"
#include "cell/wall.h"

namespace isolet {

struct SealOptions {
  // Bytes of private memory that the process may map beyond what it has now; 0: no bound. Stacks count as a whole,
  // touched or not: of an engine thread that is started later kEngineStackSize.
  uint64_t memory = 0;
  // Layers without which nothing is sealed.
  std::vector<std::string> required;
};

// The walls, as they were tried. Stops at the first kind of which a required one does not hold: those of the launcher,
// when nothing was changed yet; its own, when the process is half sealed and must end.
std::variant<Walls, CapacityFailure> Seal(const SealOptions& options);

}  // namespace isolet
