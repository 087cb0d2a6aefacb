// What the guest threw, as plain data. Inside a frame: reading an error runs guest code (getters), which may throw or
// be stopped; what can't be read is left out.
#pragma once

#include "calls/outcome.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

// `message` may be empty (then V8 makes one).
GuestError ReadGuestError(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                          v8::Local<v8::Message> message);

// The same for errors that stand for something else too: a module that can't be had is a ModuleFailure.
Outcome ReadThrown(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                   v8::Local<v8::Message> message);

}  // namespace isolet
