// What stands for WebAssembly.Tag. Its parameters are read once: what is looked at is what V8 gets.
//
// The holder of the isolate's lock.
#pragma once

#include "v8/v8.h"

namespace isolet {

void NewWasmTag(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace isolet
