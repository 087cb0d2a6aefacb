// Synchronous calls: what the environment's thread waits for. A call of a guest's function comes past Node-API, which
// takes longer to say whose call it is than many a call takes.
//
// The environment's thread.
#pragma once

#include <cstdint>
#include <memory>

#include "binding/environment/napi.h"
#include "binding/host/runtime_core.h"

namespace isolet {

// The value of a call that this thread waits for. Empty: an exception is pending, or the environment is ending.
v8::MaybeLocal<v8::Value> RunAndWait(std::shared_ptr<RuntimeCore> core, CallKind kind, uint64_t call_id,
                                     const CallLimits& limits, std::unique_ptr<Program> program);

// The function behind `call` of lib/native.ts, of one environment:
// (runtime, callId, functionId, timeout, cpuTimeout, ...arguments).
v8::MaybeLocal<v8::Function> MakeCallNow(Environment& environment);

}  // namespace isolet
