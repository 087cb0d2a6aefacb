// Makes runtimes: on the calling thread, or on a thread of the engine. The environment's thread.
#pragma once

#include "binding/environment/napi.h"

namespace isolet {

// (owner, options) → NativeRuntime, or an exception is pending.
Napi::Value CreateRuntime(const Napi::CallbackInfo& info);
// (owner, options) → Promise<NativeRuntime>.
Napi::Value CreateRuntimeAsync(const Napi::CallbackInfo& info);

}  // namespace isolet
