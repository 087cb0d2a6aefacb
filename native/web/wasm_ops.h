// `ops.wasm`: what the program of the web's APIs does with the bytes of a Response.
//   allowed()                   whether the guest may compile WebAssembly
//   compile(bytes)              as WebAssembly.compile, whatever the guest has made of that
//   instantiate(bytes, imports)
//
// And the other way: WebAssembly is no part of the program's names, so the engine defines compileStreaming and
// instantiateStreaming there, which call the program.
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> WasmOps();

// In every context with the web's APIs before its guest code runs: V8 leaves WebAssembly out of snapshots. False: an
// exception is pending.
bool DefineWasmStreaming(v8::Local<v8::Context> context);

}  // namespace isolet
