// Stands before the instances of WebAssembly modules: asks wasm/memories.h before one is made, and shows it what
// was made.
//
// The holder of the isolate's lock.
#pragma once

#include "v8/v8.h"

namespace isolet {

class WasmInstances {
 public:
  WasmInstances() = delete;

  // `new WebAssembly.Instance`.
  static void Install(v8::Isolate* isolate);
  // Keeps V8's own functions, in every context before its guest code runs. False: an exception is pending.
  static bool Install(v8::Local<v8::Context> context);

  // `WebAssembly.instantiate` of a module that is there. False: it is V8's business.
  static bool Instantiate(const v8::FunctionCallbackInfo<v8::Value>& info);
  // `instance` was made of `module`: settles the promise that the guest has with `result`, or says that there was no
  // room.
  static void Settle(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver,
                     v8::Local<v8::Value> result, v8::Local<v8::Value> instance, v8::Local<v8::Value> module);
};

}  // namespace isolet
