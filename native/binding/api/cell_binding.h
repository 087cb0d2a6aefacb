// What only a cell's script calls: native/cell/seal.h for JavaScript. The environment's thread.
#pragma once

#include "binding/environment/napi.h"

namespace isolet {

// (memory: bytes, required: names with a space between, descriptor?) → the walls. Throws if the system refuses the
// engine's threads. With a descriptor the process serves guests on it from then on, and ends when it does.
Napi::Value SealCell(const Napi::CallbackInfo& info);

}  // namespace isolet
