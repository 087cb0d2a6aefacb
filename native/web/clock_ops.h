// `ops.clock`: what time it is, as coarse as the guest's options say, so that a guest can't time what others do.
//   now()       milliseconds since the guest began or was restored, never going back
//   origin()    the wall clock at that moment, in milliseconds since 1970
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> ClockOps();

}  // namespace isolet
