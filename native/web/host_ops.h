// `ops.host`: what the program of the web's APIs asks of the host. Host functions like those that the host binds, under
// the same limits (calls and bytes in flight, the call's time), but known to the program only, by name.
//   call(name, ...values)       a promise of the answer
//   callSync(name, ...values)   the answer, for which the guest waits; a promise is one in the guest too
// Answered by lib/web/host.ts.
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> HostOps();

}  // namespace isolet
