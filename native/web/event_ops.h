// `ops.events`: between the guest's events and what the engine knows of exceptions.
//   uncaught(error)   the host gets an event: nobody in the guest has taken care of it
//   describe(error)   [message, name of the script, line, column], as the engine found them; runs no guest code
//   watchHandled()    from now on the engine tells of handlers that come late to rejected promises
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> EventOps();

}  // namespace isolet
