#include "engine/strings.h"

#include <algorithm>
#include <cstdint>

namespace isolet {
namespace {

void AppendUtf8(std::string* out, uint32_t point) {
  if (point < 0x80) {
    out->push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (point >> 6)));
    out->push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else if (point < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (point >> 12)));
    out->push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (point >> 18)));
    out->push_back(static_cast<char>(0x80 | ((point >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (point & 0x3F)));
  }
}

// Longer texts (of errors, names, descriptions) are not read at all.
constexpr size_t kMaxFlattened = 1024 * 1024;

bool IsHigh(uint16_t unit) { return (unit & 0xFC00) == 0xD800; }
bool IsLow(uint16_t unit) { return (unit & 0xFC00) == 0xDC00; }

}  // namespace

std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::String> string, size_t max_characters) {
  // Reading any part of a string makes V8 flatten the whole, outside every limit.
  if (static_cast<size_t>(string->Length()) > kMaxFlattened) {
    return "[text of " + std::to_string(string->Length()) + " characters]";
  }
  size_t length = std::min<size_t>(string->Length(), max_characters);
  std::u16string units(length, u'\0');
  CopyTwoByte(isolate, string, reinterpret_cast<uint16_t*>(units.data()), static_cast<uint32_t>(length));
  std::string out;
  out.reserve(length);
  for (size_t i = 0; i < length; ++i) {
    uint32_t point = units[i];
    if (IsHigh(units[i]) && i + 1 < length && IsLow(units[i + 1])) {
      point = 0x10000 + ((point - 0xD800) << 10) + (units[i + 1] - 0xDC00);
      ++i;
    } else if (IsHigh(units[i]) || IsLow(units[i])) {
      point = 0xFFFD;
    }
    AppendUtf8(&out, point);
  }
  if (static_cast<size_t>(string->Length()) > length) out += "…";
  return out;
}

std::string Describe(v8::Isolate* isolate, v8::Local<v8::Value> value, size_t max_characters) {
  if (value->IsString()) return ToUtf8(isolate, value.As<v8::String>(), max_characters);
  if (value->IsSymbol()) {
    v8::Local<v8::Value> description = value.As<v8::Symbol>()->Description(isolate);
    std::string text = "Symbol(";
    if (description->IsString()) text += ToUtf8(isolate, description.As<v8::String>(), max_characters);
    return text + ")";
  }
  if (value->IsFunction()) return "[function]";
  if (value->IsProxy()) return "[Proxy]";
  if (value->IsObject()) {
    return "[object " + ToUtf8(isolate, value.As<v8::Object>()->GetConstructorName(), max_characters) + "]";
  }
  // What is left is primitive: its conversion runs no code.
  v8::Local<v8::String> text;
  if (!value->ToString(isolate->GetCurrentContext()).ToLocal(&text)) return "[value]";
  return ToUtf8(isolate, text, max_characters);
}

v8::MaybeLocal<v8::String> FromUtf8(v8::Isolate* isolate, std::string_view text) {
  if (text.size() > static_cast<size_t>(v8::String::kMaxLength)) return {};
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal, static_cast<int>(text.size()));
}

v8::Local<v8::String> Name(v8::Isolate* isolate, const char* ascii) {
  return v8::String::NewFromUtf8(isolate, ascii, v8::NewStringType::kInternalized).ToLocalChecked();
}

}  // namespace isolet
