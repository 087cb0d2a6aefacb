#include "web/url_text.h"

#include "web/utf8.h"

namespace isolet {

bool UrlText::Read(v8::Isolate* isolate, v8::Local<v8::String> string, size_t limit) {
  if (static_cast<size_t>(string->Length()) > limit) return false;
  return string->IsOneByte() ? ReadOneByte(isolate, string, limit) : ReadTwoByte(isolate, string, limit);
}

bool UrlText::ReadOneByte(v8::Isolate* isolate, v8::Local<v8::String> string, size_t limit) {
  const auto length = static_cast<size_t>(string->Length());
  char* to = small_;
  if (length > kSmall) {
    large_ = std::make_unique_for_overwrite<char[]>(length);
    to = large_.get();
  }
  auto* characters = reinterpret_cast<uint8_t*>(to);
  CopyOneByte(isolate, string, characters, static_cast<uint32_t>(length));
  data_ = to;
  size_ = length;
  if (utf8::AsciiPrefix(characters, length) == length) return true;

  const size_t size = utf8::LengthOfLatin1(characters, length);
  if (size > limit) return false;
  auto encoded = std::make_unique_for_overwrite<char[]>(size);
  utf8::FromLatin1(characters, length, reinterpret_cast<uint8_t*>(encoded.get()));
  large_ = std::move(encoded);
  data_ = large_.get();
  size_ = size;
  return true;
}

bool UrlText::ReadTwoByte(v8::Isolate* isolate, v8::Local<v8::String> string, size_t limit) {
  const auto length = static_cast<size_t>(string->Length());
  auto units = std::make_unique_for_overwrite<uint16_t[]>(length);
  CopyTwoByte(isolate, string, units.get(), static_cast<uint32_t>(length));
  const size_t size = utf8::LengthOfUtf16(units.get(), length);
  if (size > limit) return false;
  char* to = small_;
  if (size > kSmall) {
    large_ = std::make_unique_for_overwrite<char[]>(size);
    to = large_.get();
  }
  utf8::FromUtf16(units.get(), length, reinterpret_cast<uint8_t*>(to));
  data_ = to;
  size_ = size;
  return true;
}

}  // namespace isolet
