// `ops.work`: work that the host does for the guest on threads of its own.
//   charge(milliseconds)    counts so much processor time, which the host is about to use, as the guest's, also against
//   the
//                           budget of the call that runs; false: that is over, and the call is stopped
//   collect()               lets go what the guest holds of the host and does not need, by a garbage collection
#pragma once

#include <span>

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> WorkOps();

}  // namespace isolet
