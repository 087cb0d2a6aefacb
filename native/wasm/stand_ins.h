// What functions that stand before V8's own of WebAssembly have in common: reading a module's bytes as V8 would, and
// calling the original. The holder of the isolate's lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "v8/originals.h"
#include "v8/v8.h"

namespace isolet {

struct WasmBytes {
  const uint8_t* start = nullptr;  // null: it is no source of bytes
  size_t length = 0;
};

// What V8 would take for a module's bytes; it copies them before it runs any guest code.
WasmBytes WasmBytesOf(v8::Local<v8::Value> source);
// What V8 gets instead of what the guest gave: the module with lower ceilings.
v8::Local<v8::Value> WasmBufferOf(v8::Isolate* isolate, std::string binary);
// Empty: an exception is pending.
v8::MaybeLocal<v8::Value> ConstructOriginal(v8::Local<v8::Context> context, Original constructor,
                                            v8::Local<v8::Value> argument, v8::Local<v8::Value> new_target);
// With the arguments of `info`; `first`: instead of the first one, if it is not empty. Empty: an exception is pending.
v8::Local<v8::Value> CallOriginal(const v8::FunctionCallbackInfo<v8::Value>& info, Original original,
                                  v8::Local<v8::Value> first = {});

}  // namespace isolet
