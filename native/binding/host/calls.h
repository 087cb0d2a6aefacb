// A guest calls a function of the host. The environment's thread.
#pragma once

#include "calls/host_call.h"
#include "calls/in_flight.h"
#include "calls/reply_slot.h"
#include "v8/v8.h"

namespace isolet {

class RuntimeCore;

// Calls it and takes the answer, a promise included. Inside Node's context.
HostReply CallHostFunction(RuntimeCore& core, HostCall& call);

// Does what the call asks for: answers the thread that waits, or settles its promise.
void ServeHostCall(RuntimeCore& core, HostCall call);

// What a host function returned, on its way into the guest; if it can't cross, the error that says so.
// `open`: counts for the promise it is or has.
HostReply ValueReply(RuntimeCore& core, v8::Local<v8::Value> value, std::unique_ptr<OpenCall> open = nullptr);
// What a host function threw, on its way into the guest.
HostReply ThrownReply(RuntimeCore& core, v8::Local<v8::Value> thrown);

}  // namespace isolet
