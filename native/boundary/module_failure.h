// A module that can't be had, as the guest sees it: an Error that import() rejects with and that guest code may catch.
// If it comes out again the host gets a ModuleFailure. The holder of the isolate's lock.
#pragma once

#include <optional>

#include "calls/outcome.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

// `failure.cause` is not read; `cause` (may be empty) is what the host's resolver or loader threw.
v8::Local<v8::Value> NewModuleError(v8::Local<v8::Context> context, const ModuleFailure& failure,
                                    v8::Local<v8::Value> cause);

// Nothing if `thrown` is not such an error. Inside a frame.
std::optional<ModuleFailure> ReadModuleFailure(Parts& parts, v8::Local<v8::Context> context,
                                               v8::Local<v8::Value> thrown);

}  // namespace isolet
