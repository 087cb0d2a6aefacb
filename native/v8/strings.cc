#include "v8/strings.h"

#include <algorithm>
#include <cstdint>

namespace isolet {
namespace {

// Longer texts (of errors, names, descriptions) are not read at all.
constexpr size_t kMaxFlattened = 1024 * 1024;

bool IsHigh(uint16_t unit) { return (unit & 0xFC00) == 0xD800; }
bool IsLow(uint16_t unit) { return (unit & 0xFC00) == 0xDC00; }

// V8 reads UTF-8 that has none of these as it is.
bool HasSurrogates(std::string_view text) {
  constexpr char kLead = '\xED';  // of U+D000 to U+DFFF
  for (size_t at = text.find(kLead); at != std::string_view::npos; at = text.find(kLead, at + 1)) {
    if (at + 1 < text.size() && static_cast<uint8_t>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

// The character at `at` and how many bytes it takes; a byte that begins none is U+FFFD.
uint32_t ReadPoint(std::string_view text, size_t at, size_t* size) {
  const auto lead = static_cast<uint8_t>(text[at]);
  *size = lead < 0x80 ? 1 : (lead & 0xE0) == 0xC0 ? 2 : (lead & 0xF0) == 0xE0 ? 3 : (lead & 0xF8) == 0xF0 ? 4 : 0;
  if (*size == 1) return lead;
  uint32_t point = *size == 0 ? 0 : lead & (0x7Fu >> *size);
  bool whole = *size != 0 && *size <= text.size() - at;
  for (size_t i = 1; whole && i < *size; ++i) {
    const auto byte = static_cast<uint8_t>(text[at + i]);
    whole = (byte & 0xC0) == 0x80;
    point = (point << 6) | (byte & 0x3F);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (whole && point >= kLeast[*size] && point <= 0x10FFFF) return point;
  *size = 1;
  return 0xFFFD;
}

v8::MaybeLocal<v8::String> FromWtf8(v8::Isolate* isolate, std::string_view text) {
  std::u16string units;
  units.reserve(text.size());
  for (size_t at = 0, size = 0; at < text.size(); at += size) {
    const uint32_t point = ReadPoint(text, at, &size);
    if (point >= 0x10000) {
      units.push_back(static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    } else {
      units.push_back(static_cast<char16_t>(point));
    }
  }
  return v8::String::NewFromTwoByte(isolate, reinterpret_cast<const uint16_t*>(units.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(units.size()));
}

}  // namespace

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

std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::String> string, size_t max_characters) {
  // Reading any part of a string makes V8 flatten the whole, outside every limit.
  if (static_cast<size_t>(string->Length()) > kMaxFlattened) {
    return "[text of " + std::to_string(string->Length()) + " characters]";
  }
  size_t length = std::min<size_t>(string->Length(), max_characters);
  std::u16string units(length, u'\0');
  CopyTwoByte(isolate, string, reinterpret_cast<uint16_t*>(units.data()), static_cast<uint32_t>(length));
  // Not through the middle of a pair.
  if (length > 0 && length < static_cast<size_t>(string->Length()) && IsHigh(units[length - 1])) --length;
  std::string out;
  out.reserve(length);
  for (size_t i = 0; i < length; ++i) {
    uint32_t point = units[i];
    if (IsHigh(units[i]) && i + 1 < length && IsLow(units[i + 1])) {
      point = 0x10000 + ((point - 0xD800) << 10) + (units[i + 1] - 0xDC00);
      ++i;
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
  if (HasSurrogates(text)) return FromWtf8(isolate, text);
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal, static_cast<int>(text.size()));
}

v8::Local<v8::String> Name(v8::Isolate* isolate, const char* ascii) {
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(ascii), v8::NewStringType::kInternalized)
      .ToLocalChecked();
}

}  // namespace isolet
