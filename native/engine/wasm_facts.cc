#include "engine/wasm_facts.h"

#include <algorithm>

#include "engine/wasm_reader.h"

namespace isolet {
namespace {

constexpr uint8_t kTypeSection = 1;
constexpr uint8_t kMemorySection = 5;
constexpr uint8_t kCodeSection = 10;
constexpr uint64_t kShared = 2;
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

}  // namespace

WasmFacts ReadWasmFacts(const uint8_t* bytes, size_t length) {
  WasmFacts facts;
  if (length < 8) return facts;
  WasmReader reader(bytes + 8, bytes + length);
  while (reader.ok() && !reader.done()) {
    uint8_t id = reader.Byte();
    WasmReader section = reader.Section();
    if (id == kTypeSection) ReadTypes(section, facts);
    if (id == kMemorySection) {
      uint64_t count = section.Number();
      for (uint64_t i = 0; i < count && section.ok(); ++i) {
        if ((section.SkipLimits() & kShared) != 0) facts.declares_shared_memory = true;
      }
    }
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
