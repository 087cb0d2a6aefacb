#include "engine/wasm_shim.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace isolet {
namespace {

constexpr size_t kMaxNames = 1000;
constexpr uint8_t kImportSection = 2;
constexpr uint8_t kExportSection = 7;

// Reads the binary format. After a failure everything reads as 0 and `ok()` is false.
class Reader {
 public:
  Reader(const uint8_t* at, const uint8_t* end) : at_(at), end_(end) {}

  bool ok() const { return ok_; }
  bool done() const { return at_ == end_; }

  uint8_t Byte() {
    if (at_ == end_) return Fail();
    return *at_++;
  }
  // LEB128; signed ones are only skipped, so their sign does not matter.
  uint64_t Number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      uint8_t byte = Byte();
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return Fail();
  }
  std::string_view Text() {
    uint64_t length = Number();
    if (length > static_cast<uint64_t>(end_ - at_)) {
      Fail();
      return {};
    }
    std::string_view text(reinterpret_cast<const char*>(at_), length);
    at_ += length;
    return text;
  }
  Reader Section() {
    std::string_view content = Text();
    auto* start = reinterpret_cast<const uint8_t*>(content.data());
    return Reader(start, start + content.size());
  }
  void SkipValueType() {
    uint8_t type = Byte();
    // (ref null? heaptype)
    if (type == 0x63 || type == 0x64) Number();
  }
  void SkipLimits() {
    uint64_t flags = Number();
    Number();
    if ((flags & 1) != 0) Number();
  }
  void SkipImportKind() {
    switch (Byte()) {
      case 0:
        Number();
        return;
      case 1:
        SkipValueType();
        SkipLimits();
        return;
      case 2:
        SkipLimits();
        return;
      case 3:
        SkipValueType();
        Byte();
        return;
      case 4:
        Byte();
        Number();
        return;
      default:
        Fail();
    }
  }

 private:
  uint8_t Fail() {
    ok_ = false;
    at_ = end_;
    return 0;
  }

  const uint8_t* at_;
  const uint8_t* end_;
  bool ok_ = true;
};

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
  Reader reader(bytes + 8, bytes + length);
  while (reader.ok() && !reader.done()) {
    uint8_t id = reader.Byte();
    Reader section = reader.Section();
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
    code += "import * as " + local + " from " + name + ";\n";
    object += ", [" + name + "]: " + local;
  }
  code += "const { exports } = new import.meta.Instance(import.meta.value, { __proto__: null" + object + " });\n";
  for (size_t i = 0; i < exports.size(); ++i) {
    std::string local = std::to_string(i).insert(0, 1, 'e'), name = Quote(exports[i]);
    code += "const " + local + " = exports[" + name + "];\n";
    names += local + " as " + name + ", ";
  }
  return code + "export { " + names + "};\n";
}

}  // namespace isolet
