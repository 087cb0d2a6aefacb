// Texts of guest code. Plain data.
#pragma once

#include <cstdint>
#include <string>

namespace isolet {

struct Source {
  std::string code;  // UTF-8
  std::string filename;
};

// Whether the code that V8 makes of a text is kept for the next guest that gets it.
enum class KeepCode : uint8_t {
  kNever,
  kSeenAgain,  // if the text was seen before; making code takes 0.2 ms and more
  kAnew,       // in any case, also in the place of code with fewer functions
};

enum class ModuleType : uint8_t { kJs, kJson, kText, kBytes, kWasm };

struct ModuleSource {
  ModuleType type = ModuleType::kJs;
  std::string content;  // UTF-8, or bytes for kBytes and kWasm
};

}  // namespace isolet
