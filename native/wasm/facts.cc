#include "wasm/facts.h"

#include <algorithm>
#include <unordered_set>

#include "wasm/reader.h"

namespace isolet {
namespace {

constexpr uint8_t kTypeSection = 1;
constexpr uint8_t kImportSection = 2;
constexpr uint8_t kMemorySection = 5;
constexpr uint8_t kExportSection = 7;
constexpr uint8_t kCodeSection = 10;
constexpr uint8_t kMemoryKind = 2;
constexpr uint64_t kHasMaximum = 1;
constexpr uint64_t kShared = 2;
constexpr uint64_t kOwnPageSize = 8;
constexpr uint64_t kLargestPageLog2 = 16;
constexpr uint8_t kFunctionType = 0x60;

// Numbers, vectors and the short names of reference types. What refers to other types of the module is none of these.
bool SkipPlainValueTypes(WasmReader& reader) {
  uint64_t count = reader.Number();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    uint8_t type = reader.Byte();
    if (type < 0x65 || type > 0x7F) return false;
  }
  return reader.ok();
}

// A module with two such sections is none, but V8 reads the first before it sees the second.
void ReadTypes(WasmReader section, WasmFacts& facts) {
  std::string_view whole = section.Rest();
  const uint64_t types = section.Number();
  const size_t before_them = facts.entries.size();
  facts.types += types;
  for (uint64_t i = 0; i < types; ++i) {
    std::string_view before = section.Rest();
    bool plain = section.Byte() == kFunctionType && SkipPlainValueTypes(section) && SkipPlainValueTypes(section);
    if (!plain) {
      // Structures, recursion, references by index: the section is one thing that only means something as a whole.
      facts.entries.resize(before_them);
      facts.entries.push_back({whole, std::min<size_t>(types, whole.size())});
      return;
    }
    facts.entries.push_back({before.substr(0, before.size() - section.Rest().size()), 1});
  }
}

uint64_t CountImportedMemories(WasmReader section) {
  uint64_t memories = 0;
  uint64_t count = section.Number();
  for (uint64_t i = 0; i < count && section.ok(); ++i) {
    section.Text();
    section.Text();
    if (section.SkipImportKind() == kMemoryKind) ++memories;
  }
  return memories;
}

void ReadMemories(WasmReader section, WasmFacts& facts) {
  uint64_t count = section.Number();
  for (uint64_t i = 0; i < count && section.ok(); ++i) {
    WasmMemoryFacts memory;
    memory.flags = section.Number();
    memory.initial = section.Number();
    if ((memory.flags & kHasMaximum) != 0) memory.maximum = section.Number();
    // What is larger V8 refuses.
    if ((memory.flags & kOwnPageSize) != 0) memory.page_log2 = std::min(section.Number(), kLargestPageLog2);
    if ((memory.flags & kShared) != 0) facts.declares_shared_memory = true;
    if (section.ok()) facts.memories.push_back(memory);
  }
}

void ReadExports(WasmReader section, uint64_t imported, WasmFacts& facts) {
  std::unordered_set<uint64_t> known;
  uint64_t count = section.Number();
  for (uint64_t i = 0; i < count && section.ok(); ++i) {
    std::string_view name = section.Text();
    uint8_t kind = section.Byte();
    uint64_t index = section.Number();
    if (kind != kMemoryKind || !known.insert(index).second) continue;
    facts.memory_exports.push_back(name);
    if (index >= imported && index - imported < facts.memories.size()) facts.memories[index - imported].exported = true;
  }
}

}  // namespace

WasmFacts ReadWasmFacts(const uint8_t* bytes, size_t length) {
  WasmFacts facts;
  if (length < 8) return facts;
  uint64_t imported_memories = 0;
  WasmReader reader(bytes + 8, bytes + length);
  while (reader.ok() && !reader.done()) {
    const size_t begin = length - reader.Rest().size();
    uint8_t id = reader.Byte();
    WasmReader section = reader.Section();
    if (id == kTypeSection) ReadTypes(section, facts);
    if (id == kImportSection) imported_memories += CountImportedMemories(section);
    // A module with two of them is none.
    if (id == kMemorySection && facts.memory_section_end == 0) {
      ReadMemories(section, facts);
      facts.memory_section_begin = begin;
      facts.memory_section_end = length - reader.Rest().size();
    }
    if (id == kExportSection) ReadExports(section, imported_memories, facts);
    if (id == kCodeSection) {
      uint64_t count = section.Number();
      for (uint64_t i = 0; i < count && section.ok(); ++i) {
        facts.largest_body = std::max(facts.largest_body, section.Text().size());
      }
    }
  }
  return facts;
}

}  // namespace isolet
