// Stands before everything of WebAssembly that V8 would do for a guest without asking anybody: shared memory that a
// module declares inside itself (V8 takes it from the system and counts it nowhere; a module that imports its shared
// memory works, because `new WebAssembly.Memory` is counted, see realm/buffer_constructors.h), types (wasm/types.h),
// functions and binaries too large for the guest's limit (wasm/budget.h).
//
// The holder of the isolate's lock.
#pragma once

#include "v8/v8.h"

namespace isolet {

inline constexpr const char* kSharedMemoryRefused =
    "a module that declares shared memory is not allowed here; import the memory instead";

class WasmGuard {
 public:
  WasmGuard() = delete;

  // `new WebAssembly.Module`.
  static void Install(v8::Isolate* isolate);
  // `WebAssembly.compile`, `instantiate`, `validate` and `Tag`, for which V8 has no callback. In every context before
  // its guest code runs: V8 leaves WebAssembly out of snapshots. False: an exception is pending.
  static bool Install(v8::Local<v8::Context> context);
};

}  // namespace isolet
