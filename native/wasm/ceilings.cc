#include "wasm/ceilings.h"

#include <algorithm>

namespace isolet {
namespace {

constexpr uint8_t kMemorySection = 5;
constexpr uint64_t kHasMaximum = 1;
constexpr uint64_t kOwnPageSize = 8;

void Append(std::string& out, uint64_t number) {
  do {
    auto low = static_cast<uint8_t>(number & 0x7F);
    number >>= 7;
    out += static_cast<char>(number == 0 ? low : low | 0x80);
  } while (number != 0);
}

}  // namespace

std::optional<std::string> LowerCeilings(const uint8_t* bytes, size_t length, size_t exported, size_t unseen,
                                         WasmFacts* facts) {
  bool lowered = false;
  for (WasmMemoryFacts& memory : facts->memories) {
    const uint64_t share = memory.exported ? exported : unseen;
    const uint64_t most = std::max(memory.initial, share >> memory.page_log2);
    if (memory.maximum <= most) continue;
    memory.maximum = most;
    lowered = true;
  }
  if (!lowered) return std::nullopt;
  std::string content;
  Append(content, facts->memories.size());
  for (const WasmMemoryFacts& memory : facts->memories) {
    Append(content, memory.flags | kHasMaximum);
    Append(content, memory.initial);
    Append(content, memory.maximum);
    if ((memory.flags & kOwnPageSize) != 0) Append(content, memory.page_log2);
  }
  const auto* text = reinterpret_cast<const char*>(bytes);
  std::string out(text, facts->memory_section_begin);
  out += static_cast<char>(kMemorySection);
  Append(out, content.size());
  out += content;
  out.append(text + facts->memory_section_end, length - facts->memory_section_end);
  return out;
}

}  // namespace isolet
