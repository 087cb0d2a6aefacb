// Refuses WebAssembly modules that declare shared memory inside themselves: V8 takes it from the system without asking
// anybody and counts it nowhere, so no limit would see it. A guest has no second thread to share it with; a module that
// imports its shared memory works, because `new WebAssembly.Memory` is counted (engine/buffer_budget.h).
//
// The holder of the isolate's lock; DeclaresSharedMemory any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/v8.h"

namespace isolet {

inline constexpr const char* kSharedMemoryRefused =
    "a module that declares shared memory is not allowed here; import the memory instead";

// Of a module's binary. Bytes that are no module declare nothing: V8 says what is wrong with them.
bool DeclaresSharedMemory(const uint8_t* bytes, size_t length);

class WasmGuard {
 public:
  WasmGuard() = delete;

  // `new WebAssembly.Module`.
  static void Install(v8::Isolate* isolate);
  // `WebAssembly.compile` and `instantiate`, for which V8 has no callback. In every context before its guest code runs:
  // V8 leaves WebAssembly out of snapshots. False: an exception is pending.
  static bool Install(v8::Local<v8::Context> context);
};

}  // namespace isolet
