// A WebAssembly module as an ES module: its imports are imported, its exports are exported. The JavaScript that does so
// is generated from the binary's import and export sections. Text only; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace isolet {

// `import.meta.value` is the compiled module and `import.meta.Instance` makes an instance of it. None if the sections
// can't be read or name more than 1,000 things.
std::optional<std::string> WasmShim(const uint8_t* bytes, size_t length);

}  // namespace isolet
