// The counters of a guest as a plain object (NativeStats in lib/native.ts). The environment's thread.
#pragma once

#include "binding/napi.h"
#include "engine/guest.h"

namespace isolet {

Napi::Value StatsObject(Napi::Env env, Guest& guest);

}  // namespace isolet
