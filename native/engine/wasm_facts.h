// What the binary of a WebAssembly module says of itself that decides whether a guest may have it. Bytes that are no
// module say nothing: V8 says what is wrong with them. Bytes only; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/wasm_types.h"

namespace isolet {

struct WasmFacts {
  bool declares_shared_memory = false;
  size_t types = 0;                       // as the module counts them
  std::vector<WasmTypes::Entry> entries;  // point into the binary
  size_t largest_body = 0;                // bytes of one function
};

WasmFacts ReadWasmFacts(const uint8_t* bytes, size_t length);

}  // namespace isolet
