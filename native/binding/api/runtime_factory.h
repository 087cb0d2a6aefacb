// Makes runtimes: on the calling thread, or on a thread of the engine. The environment's thread.
#pragma once

#include "binding/environment/napi.h"

namespace isolet {

// (owner, options) → NativeRuntime, or an exception is pending.
Napi::Value CreateRuntime(const Napi::CallbackInfo& info);
// (owner, options, cell?) → Promise<NativeRuntime>. With the number of a cell the guest is made there.
Napi::Value CreateRuntimeAsync(const Napi::CallbackInfo& info);

}  // namespace isolet
