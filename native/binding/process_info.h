// Process-wide counters (NativeCounters in lib/native.ts). Any environment's thread.
#pragma once

#include "binding/napi.h"

namespace isolet {

Napi::Value Counters(const Napi::CallbackInfo& info);

}  // namespace isolet
