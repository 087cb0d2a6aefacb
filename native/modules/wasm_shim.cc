#include "modules/wasm_shim.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "wasm/reader.h"

namespace isolet {
namespace {

constexpr size_t kMaxNames = 1000;
constexpr uint8_t kImportSection = 2;
constexpr uint8_t kExportSection = 7;

// A JavaScript string literal. Names are UTF-8 (V8 has validated the binary).
std::string Quote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<uint8_t>(c);
    if (byte < 0x20 || c == '"' || c == '\\') {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::optional<std::string> WasmShim(const uint8_t* bytes, size_t length) {
  if (length < 8) return std::nullopt;
  std::vector<std::string_view> imports, exports;
  WasmReader reader(bytes + 8, bytes + length);
  while (reader.ok() && !reader.done()) {
    uint8_t id = reader.Byte();
    WasmReader section = reader.Section();
    if (id != kImportSection && id != kExportSection) continue;
    uint64_t count = section.Number();
    if (count > kMaxNames) return std::nullopt;
    for (uint64_t i = 0; i < count && section.ok(); ++i) {
      std::string_view name = section.Text();
      if (id == kExportSection) {
        section.Byte();
        section.Number();
        exports.push_back(name);
        continue;
      }
      section.Text();
      section.SkipImportKind();
      if (std::find(imports.begin(), imports.end(), name) == imports.end()) imports.push_back(name);
    }
    if (!section.ok()) return std::nullopt;
  }
  if (!reader.ok()) return std::nullopt;

  std::string code, object, names;
  for (size_t i = 0; i < imports.size(); ++i) {
    std::string local = std::to_string(i).insert(0, 1, 'i'), name = Quote(imports[i]);
    code.append("import * as ").append(local).append(" from ").append(name).append(";\n");
    object.append(", [").append(name).append("]: ").append(local);
  }
  code += "const { exports } = new import.meta.Instance(import.meta.value, { __proto__: null" + object + " });\n";
  for (size_t i = 0; i < exports.size(); ++i) {
    std::string local = std::to_string(i).insert(0, 1, 'e'), name = Quote(exports[i]);
    code.append("const ").append(local).append(" = exports[").append(name).append("];\n");
    names.append(local).append(" as ").append(name).append(", ");
  }
  return code + "export { " + names + "};\n";
}

}  // namespace isolet
