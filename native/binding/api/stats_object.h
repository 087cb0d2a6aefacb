// The counters of a runtime as a plain object (NativeStats in lib/native.ts). The environment's thread.
#pragma once

#include "binding/environment/napi.h"
#include "calls/guest_port.h"

namespace isolet {

class RuntimeCore;

Napi::Value StatsObject(Napi::Env env, RuntimeCore& core);
// Writes CPU ms, wall ms, bytes of heap in use and how many promises have arrived, without asking V8: for whoever asks
// after every call.
void ReadUse(RuntimeCore& core, v8::Local<v8::Float64Array> out);

}  // namespace isolet
