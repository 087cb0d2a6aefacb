// The options object of lib/ (NativeRuntimeOptions) as the engine's plain data. lib/ has validated it; what is missing
// or of another type keeps its default. The environment's thread.
#pragma once

#include "binding/napi.h"
#include "engine/limits.h"

namespace isolet {

GuestOptions ReadGuestOptions(Napi::Object options);

}  // namespace isolet
