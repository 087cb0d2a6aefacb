// What the binary of a WebAssembly module says of itself that decides whether a guest may have it. Bytes that are no
// module say nothing: V8 says what is wrong with them. Bytes only; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wasm/types.h"

namespace isolet {

// A memory that a module defines; an imported one is somebody else's.
struct WasmMemoryFacts {
  uint64_t flags = 0;
  uint64_t initial = 0;  // pages
  uint64_t maximum = UINT64_MAX;
  uint64_t page_log2 = 16;
  bool exported = false;

  double initial_bytes() const { return static_cast<double>(initial) * static_cast<double>(1ull << page_log2); }
  double most_bytes() const { return static_cast<double>(maximum) * static_cast<double>(1ull << page_log2); }
};

struct WasmFacts {
  bool declares_shared_memory = false;
  std::vector<WasmMemoryFacts> memories;
  std::vector<std::string_view> memory_exports;  // a name for each, imported ones too; they point into the binary
  size_t memory_section_begin = 0;               // offsets; 0 and 0: there is none
  size_t memory_section_end = 0;
  size_t types = 0;                       // as the module counts them
  std::vector<WasmTypes::Entry> entries;  // point into the binary
  size_t largest_body = 0;                // bytes of one function
};

WasmFacts ReadWasmFacts(const uint8_t* bytes, size_t length);

}  // namespace isolet
