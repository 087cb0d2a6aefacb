// `ops.clone`: what structuredClone has to know of objects that only the engine can tell, whatever their prototypes
// say.
//   kind(object)   a number of `Kind` in lib/guest/web/messaging/kinds.ts
//   names(array)   the names of its own enumerable properties that are no indices
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> CloneOps();

}  // namespace isolet
