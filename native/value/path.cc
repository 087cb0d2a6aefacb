#include "value/path.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "v8/strings.h"

namespace isolet::value {

namespace {

constexpr uint32_t kMaxKeyUnits = 64;
constexpr size_t kMaxNodes = 32;

bool IsIdentifierUnit(uint16_t unit, bool first) {
  if ((unit | 0x20) >= 'a' && (unit | 0x20) <= 'z') return true;
  if (unit == '_' || unit == '$') return true;
  return !first && unit >= '0' && unit <= '9';
}

void AppendQuoted(std::string* out, const uint16_t* units, uint32_t count, bool cut) {
  out->push_back('"');
  for (uint32_t i = 0; i < count; i++) {
    const uint16_t unit = units[i];
    const bool high = (unit & 0xfc00) == 0xd800;
    if (high && i + 1 < count && (units[i + 1] & 0xfc00) == 0xdc00) {
      AppendUtf8(out, 0x10000 + ((unit & 0x3ffu) << 10) + (units[i + 1] & 0x3ffu));
      i++;
    } else if ((unit & 0xf800) == 0xd800 || unit < 0x20 || unit == 0x2028 || unit == 0x2029) {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", unit);
      *out += escaped;
    } else {
      if (unit == '"' || unit == '\\') out->push_back('\\');
      AppendUtf8(out, unit);
    }
  }
  if (cut) *out += "…";
  out->push_back('"');
}

void AppendString(v8::Isolate* isolate, v8::Local<v8::String> string, std::string* out, bool as_property) {
  uint16_t units[kMaxKeyUnits];
  const uint32_t length = static_cast<uint32_t>(string->Length());
  const uint32_t count = std::min(length, kMaxKeyUnits);
  CopyTwoByte(isolate, string, units, count);
  bool index = as_property && count == length && count > 0;
  for (uint32_t i = 0; index && i < count; i++) index = units[i] >= '0' && units[i] <= '9';
  if (index) {
    out->push_back('[');
    out->append(units, units + count);
    out->push_back(']');
    return;
  }
  bool plain = as_property && count == length && count > 0;
  for (uint32_t i = 0; plain && i < count; i++) plain = IsIdentifierUnit(units[i], i == 0);
  if (plain) {
    out->push_back('.');
    out->append(units, units + count);
    return;
  }
  if (as_property) out->push_back('[');
  AppendQuoted(out, units, count, count < length);
  if (as_property) out->push_back(']');
}

void AppendNumber(double number, std::string* out) {
  char text[32];
  if (std::isnan(number)) {
    *out += "NaN";
  } else if (std::isinf(number)) {
    *out += number < 0 ? "-Infinity" : "Infinity";
  } else {
    std::snprintf(text, sizeof(text), "%.17g", number);
    *out += text;
  }
}

void AppendMapValue(v8::Isolate* isolate, const PathNode& node, std::string* out) {
  *out += ".get(";
  if (node.key->IsString()) {
    AppendString(isolate, node.key.As<v8::String>(), out, false);
  } else if (node.key->IsNumber()) {
    AppendNumber(node.key.As<v8::Number>()->Value(), out);
  } else if (node.key->IsBoolean()) {
    *out += node.key->IsTrue() ? "true" : "false";
  } else if (node.key->IsNullOrUndefined()) {
    *out += node.key->IsNull() ? "null" : "undefined";
  } else {
    out->push_back('#');
    *out += std::to_string(node.index);
  }
  out->push_back(')');
}

void Append(v8::Isolate* isolate, const PathNode& node, std::string* out) {
  std::string index = "[";
  index += std::to_string(node.index);
  index += "]";
  switch (node.kind) {
    case PathNode::Kind::kIndex:
      *out += index;
      return;
    case PathNode::Kind::kProperty:
      if (node.key.IsEmpty()) return;  // between properties
      AppendString(isolate, node.key.As<v8::String>(), out, true);
      return;
    case PathNode::Kind::kMapKey:
      *out += ".keys()" + index;
      return;
    case PathNode::Kind::kMapValue:
      AppendMapValue(isolate, node, out);
      return;
    case PathNode::Kind::kSetMember:
      *out += ".values()" + index;
      return;
    case PathNode::Kind::kNamed:
      *out += std::string(".") + node.name;
      return;
  }
}

}  // namespace

std::string PathText(v8::Isolate* isolate, const char* root, const PathNode* leaf) {
  std::vector<const PathNode*> nodes;
  for (const PathNode* node = leaf; node != nullptr; node = node->parent) nodes.push_back(node);
  std::reverse(nodes.begin(), nodes.end());
  v8::HandleScope scope(isolate);
  std::string out = root;
  for (size_t i = 0; i < nodes.size(); i++) {
    if (nodes.size() > kMaxNodes && i == kMaxNodes / 2) {
      out += "…";
      i = nodes.size() - kMaxNodes / 2;
    }
    Append(isolate, *nodes[i], &out);
  }
  return out;
}

}  // namespace isolet::value
