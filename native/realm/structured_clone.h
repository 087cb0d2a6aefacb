// structuredClone inside a guest, by V8's own serializer: what the standard says, with identity and cycles, and the
// transfer of ArrayBuffers. The serialized form counts as the guest's memory. The thread that holds the isolate's lock,
// inside a frame: getters run.
#pragma once

#include "v8/v8.h"

namespace isolet {

// What guest code calls.
void StructuredClone(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace isolet
