// Tries walls by doing what they forbid. A wall that nobody tried may be none: a profile that was not loaded, a filter
// that was put over one thread.
#pragma once

#include "cell/wall.h"

namespace isolet {

// What the launcher built, while this process is not sealed: behind the filter nothing else can be told apart.
Walls TryWallsOfLauncher();

// The filter, as the calling thread meets it. The first call that is not refused as it should be, or a wall that holds.
Wall TryFilter();

}  // namespace isolet
