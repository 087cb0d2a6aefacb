// Process-wide counters and limits (NativeCounters, NativeProcessLimits in lib/native.ts). Any environment's thread.
#pragma once

#include "binding/environment/napi.h"

namespace isolet {

Napi::Value Counters(const Napi::CallbackInfo& info);
Napi::Value ProcessLimits(const Napi::CallbackInfo& info);
// Three numbers, checked in lib/: isolates, bytes, lost isolates.
void SetProcessLimits(const Napi::CallbackInfo& info);
// A runtime (lib/ passes nothing else): a thread of the engine is awake for the call of it that comes in a moment.
void WakeThread(const Napi::CallbackInfo& info);

}  // namespace isolet
