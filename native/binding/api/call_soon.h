// Asynchronous calls: lib/ has their promises and hears of their answers. A call of a guest's function comes past
// Node-API, as a synchronous one does.
//
// The environment's thread.
#pragma once

#include <cstdint>
#include <memory>

#include "binding/host/runtime_core.h"

namespace isolet {

// Begins a call; nothing if the environment is ending.
void StartCall(RuntimeCore& core, CallKind kind, uint64_t call_id, const CallLimits& limits,
               std::unique_ptr<Program> program);

// The function behind `callAsync` of lib/native.ts, of one environment:
// (runtime, callId, functionId, timeout, cpuTimeout, ...arguments).
v8::MaybeLocal<v8::Function> MakeCallSoon(Environment& environment);

}  // namespace isolet
