// The native helpers of the guest's web bundle (lib/guest/web), in groups: one object `ops` that the bundle gets before
// any guest code runs and that guest code can't reach. Each room of the bundle has its group in a file of its own.
//
// An op is called on the guest's thread, inside a frame. It validates what it gets, as if a guest had called it, caps
// its input, charges what it keeps, and is no longer than about a millisecond between two looks at the guest's stop.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "v8/v8.h"

namespace isolet {

struct WebOp {
  const char* group;
  const char* name;
  v8::FunctionCallback callback;
  int length = 0;
};

// Every op, in an order that is part of every snapshot with the web's APIs.
std::span<const std::span<const WebOp>> WebOps();

// `ops` of a context. Empty: an exception is pending.
v8::MaybeLocal<v8::Object> MakeWebOps(v8::Local<v8::Context> context);

// Tells one set of ops from another: a snapshot refers to them by position.
uint64_t WebOpsFingerprint();

}  // namespace isolet
