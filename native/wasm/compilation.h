// What stands for WebAssembly.compile and WebAssembly.instantiate: V8 compiles on other threads and settles a promise
// of its own; the guest has one that follows it, when what was made has been counted.
//
// The holder of the isolate's lock.
#pragma once

#include "v8/originals.h"
#include "v8/v8.h"

namespace isolet {

// `original`: Original::kCompile or Original::kInstantiate.
template <Original original>
void CompileWasm(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace isolet
