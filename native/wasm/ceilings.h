// Gives the memories that a module defines a maximum: what grows them inside WebAssembly asks nobody, and loops of it
// are looked at only every some ten thousand rounds. At the maximum `memory.grow` answers -1, as the language says.
//
// Bytes only; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "wasm/facts.h"

namespace isolet {

// The module with lower maxima, or nothing if they are low enough. `facts` are changed likewise. The most bytes that a
// memory may have: `exported` one that is exported, `unseen` any other.
std::optional<std::string> LowerCeilings(const uint8_t* bytes, size_t length, size_t exported, size_t unseen,
                                         WasmFacts* facts);

}  // namespace isolet
