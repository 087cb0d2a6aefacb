// Gives the memories that a module defines a maximum where V8 does not count them (kCountsWasmMemory): what grows them
// inside WebAssembly asks nobody. At the maximum `memory.grow` answers -1, as the language says.
//
// Bytes only; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/wasm_facts.h"

namespace isolet {

// The module with lower maxima, or nothing if they are low enough. `facts` are changed likewise. `limit`: bytes that a
// memory may have; one that is not exported counts with its maximum, so that is a part of it.
std::optional<std::string> LowerCeilings(const uint8_t* bytes, size_t length, size_t limit, WasmFacts* facts);

}  // namespace isolet
