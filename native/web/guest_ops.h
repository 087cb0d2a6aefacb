// `ops.guest`: what the bundle asks of the guest it is in.
//   frame()                         which run of guest code this is: another number after one was stopped
//   settings()                      the option `web` of this runtime, a new object each time; never from a snapshot
//   streams(readable, writable, transform, exportStream, importStream)
//                                   the prototypes and functions by which streams cross, once they exist
//   give(buffer)                    the guest has this ArrayBuffer no more: it moves instead of being copied when it
//   leaves setTask(callback)               calls back in a turn of its own; counts as no timer
// and functions of the global, as they were before any guest code:
//   setTimeout, setInterval, clearTimeout, queueMicrotask, structuredClone
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> GuestOps();

}  // namespace isolet
