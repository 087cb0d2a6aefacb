#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "check.h"
#include "wasm/ceilings.h"
#include "wasm/facts.h"

namespace isolet::test {
namespace {

using Bytes = std::vector<uint8_t>;

// A module of sections that are shorter than 128 bytes.
Bytes Module(std::initializer_list<std::pair<uint8_t, Bytes>> sections) {
  Bytes module = {0, 'a', 's', 'm', 1, 0, 0, 0};
  for (const auto& [id, content] : sections) {
    module.push_back(id);
    module.push_back(static_cast<uint8_t>(content.size()));
    module.insert(module.end(), content.begin(), content.end());
  }
  return module;
}

// They point into the module.
WasmFacts FactsOf(const Bytes& module) { return ReadWasmFacts(module.data(), module.size()); }

constexpr size_t kPage = 65536;

TEST(AMemoryIsReadWithItsMaximum) {
  WasmFacts facts = FactsOf(Module({{5, {1, 1, 2, 10}}}));
  EXPECT(facts.memories.size() == 1);
  EXPECT(facts.memories[0].initial_bytes() == 2 * kPage);
  EXPECT(facts.memories[0].most_bytes() == 10 * kPage);
  EXPECT(!facts.memories[0].exported);
  EXPECT(!facts.declares_shared_memory);
}

TEST(ASharedMemoryIsSeen) { EXPECT(FactsOf(Module({{5, {1, 3, 1, 1}}})).declares_shared_memory); }

TEST(AnExportedMemoryIsFoundBehindImportedOnes) {
  // (import "m" "n" (memory 1)), one memory of its own, exported as "x" by its index 1.
  const Bytes module = Module({{2, {1, 1, 'm', 1, 'n', 2, 0, 1}}, {5, {1, 0, 1}}, {7, {1, 1, 'x', 2, 1}}});
  WasmFacts facts = FactsOf(module);
  EXPECT(facts.memories.size() == 1);
  EXPECT(facts.memories[0].exported);
  EXPECT(facts.memory_exports.size() == 1);
  EXPECT(facts.memory_exports[0] == "x");
}

TEST(PlainTypesAreEntriesOfTheirOwn) {
  // (func (param i32)) (func)
  WasmFacts facts = FactsOf(Module({{1, {2, 0x60, 1, 0x7f, 0, 0x60, 0, 0}}}));
  EXPECT(facts.types == 2);
  EXPECT(facts.entries.size() == 2);
}

TEST(TypesThatReferToOthersAreOneEntry) {
  // A structure, and a function.
  WasmFacts facts = FactsOf(Module({{1, {2, 0x5f, 0, 0x60, 0, 0}}}));
  EXPECT(facts.types == 2);
  EXPECT(facts.entries.size() == 1);
}

TEST(TheLargestBodyIsKnown) { EXPECT(FactsOf(Module({{10, {2, 2, 0, 0x0b, 4, 0, 1, 1, 0x0b}}})).largest_body == 4); }

TEST(BytesThatAreCutAnywhereAreReadWithoutHarm) {
  const Bytes whole = Module({{1, {2, 0x60, 1, 0x7f, 0, 0x60, 0, 0}},
                              {2, {1, 1, 'm', 1, 'n', 2, 0, 1}},
                              {5, {1, 1, 2, 10}},
                              {7, {1, 1, 'x', 2, 0}},
                              {10, {1, 2, 0, 0x0b}}});
  for (size_t length = 0; length <= whole.size(); ++length) {
    // A buffer that ends there, so that a sanitizer sees a byte too many.
    const Bytes part(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
    WasmFacts facts = ReadWasmFacts(part.data(), part.size());
    EXPECT(facts.memories.size() <= 1);
    EXPECT(facts.entries.size() <= 2);
  }
}

TEST(LengthsThatAreNotThereAreNotBelieved) {
  // A number of memories, types and functions that the section has no bytes for.
  EXPECT(FactsOf(Module({{5, {0xff, 0xff, 0xff, 0xff, 0x0f}}})).memories.empty());
  EXPECT(FactsOf(Module({{1, {0xff, 0xff, 0xff, 0xff, 0x0f}}})).entries.size() <= 1);
  EXPECT(FactsOf(Module({{10, {0xff, 0xff, 0xff, 0xff, 0x0f}}})).largest_body == 0);
}

TEST(AMemoryThatMayGrowTooFarGetsALowerMaximum) {
  Bytes module = Module({{5, {1, 0, 1}}, {10, {1, 2, 0, 0x0b}}});
  WasmFacts facts = FactsOf(module);
  std::optional<std::string> lowered = LowerCeilings(module.data(), module.size(), 100 * kPage, 40 * kPage, &facts);
  EXPECT(lowered.has_value());
  auto* bytes = reinterpret_cast<const uint8_t*>(lowered->data());
  WasmFacts after = ReadWasmFacts(bytes, lowered->size());
  EXPECT(after.memories.size() == 1);
  EXPECT(after.memories[0].initial_bytes() == kPage);
  EXPECT(after.memories[0].most_bytes() == 40 * kPage);
  EXPECT(facts.memories[0].most_bytes() == 40 * kPage);
  // What follows is as it was.
  EXPECT(after.largest_body == 2);
}

TEST(AMemoryThatIsSmallEnoughStaysAsItIs) {
  Bytes module = Module({{5, {1, 1, 1, 8}}});
  WasmFacts facts = FactsOf(module);
  EXPECT(!LowerCeilings(module.data(), module.size(), 100 * kPage, 40 * kPage, &facts));
  EXPECT(facts.memories[0].most_bytes() == 8 * kPage);
}

}  // namespace
}  // namespace isolet::test
