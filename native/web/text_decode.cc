// Decoding: bytes of the guest as a string.
#include <algorithm>
#include <cstring>
#include <iterator>

#include "v8/strings.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"
#include "web/text_ops.h"
#include "web/utf16.h"
#include "web/utf8.h"

namespace isolet {
namespace {

// The bundle knows them by these numbers.
enum class Encoding : uint32_t { kUtf8, kUtf16le, kUtf16be, kWindows1252 };
constexpr uint32_t kEncodings = 4;
constexpr uint32_t kFatal = 1;
constexpr uint32_t kIgnoreBom = 2;
constexpr uint32_t kStream = 4;

// Of fewer bytes the text is made on the stack.
constexpr size_t kSmall = 4096;

constexpr uint16_t kBom = 0xFEFF;

// What a decoder keeps between pieces, as numbers in an array of the bundle's.
struct Kept {
  utf8::Decoder::State utf8;
  Utf16Decoder::State utf16;
  bool begun = false;  // something was written: what follows is no byte order mark

  static constexpr size_t kNumbers = 4;

  void Load(const uint32_t* numbers) {
    begun = (numbers[0] & 1) != 0;
    utf16.has_byte = (numbers[0] & 2) != 0;
    utf16.byte = static_cast<uint8_t>(numbers[0] >> 8);
    utf16.lead = static_cast<uint16_t>(numbers[1]);
    utf8.needed = static_cast<uint8_t>(std::min<uint32_t>(numbers[2] & 0xFF, 3));
    utf8.lower = static_cast<uint8_t>(numbers[2] >> 8);
    utf8.upper = static_cast<uint8_t>(numbers[2] >> 16);
    utf8.point = numbers[3] & 0x1FFFFF;
    if (numbers[2] == 0) utf8 = {};
  }
  void Store(uint32_t* numbers) const {
    numbers[0] = (begun ? 1u : 0u) | (utf16.has_byte ? 2u : 0u) | static_cast<uint32_t>(utf16.byte) << 8;
    numbers[1] = utf16.lead;
    numbers[2] = utf8.needed | static_cast<uint32_t>(utf8.lower) << 8 | static_cast<uint32_t>(utf8.upper) << 16;
    numbers[3] = utf8.point;
  }
};

// The text as far as it is written.
struct Text {
  uint16_t* units = nullptr;
  size_t count = 0;
  uint16_t widest = 0;
  bool failed = false;
};

// False: the guest is being stopped.
template <typename Decoder>
bool Run(v8::Isolate* isolate, Decoder* decoder, const ByteArgument& bytes, bool finish, Text* text) {
  for (size_t at = 0; at < bytes.size(); at += kOpSlice) {
    if (at > 0 && OpStopped(isolate)) return false;
    const size_t size = std::min(kOpSlice, bytes.size() - at);
    text->count += decoder->Decode(bytes.data() + at, size, text->units + text->count);
  }
  if (finish) text->count += decoder->Finish(text->units + text->count);
  text->widest = decoder->widest();
  text->failed = decoder->failed();
  return true;
}

bool Decode(v8::Isolate* isolate, Encoding encoding, const ByteArgument& bytes, bool finish, Kept* kept, Text* text) {
  if (encoding == Encoding::kUtf8) {
    utf8::Decoder decoder(kept->utf8);
    const bool done = Run(isolate, &decoder, bytes, finish, text);
    kept->utf8 = decoder.state();
    return done;
  }
  if (encoding == Encoding::kWindows1252) {
    Windows1252Decoder decoder;
    return Run(isolate, &decoder, bytes, finish, text);
  }
  Utf16Decoder decoder(kept->utf16, encoding == Encoding::kUtf16be);
  const bool done = Run(isolate, &decoder, bytes, finish, text);
  kept->utf16 = decoder.state();
  return done;
}

bool AllAscii(v8::Isolate* isolate, const ByteArgument& bytes) {
  for (size_t at = 0; at < bytes.size(); at += kOpSlice) {
    if (at > 0 && OpStopped(isolate)) return false;
    const size_t size = std::min(kOpSlice, bytes.size() - at);
    if (utf8::AsciiPrefix(bytes.data() + at, size) != size) return false;
  }
  return true;
}

// V8 allocates the string in the guest's heap: there must be room for it.
bool MayMake(v8::Isolate* isolate, OpMemory* memory, size_t characters, size_t bytes) {
  if (characters > static_cast<size_t>(v8::String::kMaxLength)) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "Invalid string length")));
    return false;
  }
  return bytes <= kOpSlice || memory->Charge(bytes);
}

v8::MaybeLocal<v8::String> MakeOneByte(v8::Isolate* isolate, OpMemory* memory, const uint8_t* data, size_t count) {
  if (!MayMake(isolate, memory, count, count)) return {};
  return v8::String::NewFromOneByte(isolate, data, v8::NewStringType::kNormal, static_cast<int>(count));
}

v8::MaybeLocal<v8::String> Make(v8::Isolate* isolate, OpMemory* memory, const Text& text) {
  if (text.widest > 0xFF) {
    if (!MayMake(isolate, memory, text.count, text.count * 2)) return {};
    return v8::String::NewFromTwoByte(isolate, text.units, v8::NewStringType::kNormal, static_cast<int>(text.count));
  }
  // In place: a byte is never written behind the unit it comes from.
  auto* narrow = reinterpret_cast<uint8_t*>(text.units);
  for (size_t at = 0; at < text.count;) {
    uint16_t units[32] = {};
    const size_t count = std::min(std::size(units), text.count - at);
    std::memcpy(units, text.units + at, count * sizeof(uint16_t));
    uint8_t bytes[std::size(units)];
    for (size_t i = 0; i < std::size(units); ++i) bytes[i] = static_cast<uint8_t>(units[i]);
    std::memcpy(narrow + at, bytes, count);
    at += count;
  }
  return MakeOneByte(isolate, memory, narrow, text.count);
}

}  // namespace

void DecodeText(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsUint32() || info[0].As<v8::Uint32>()->Value() >= kEncodings || !info[2]->IsUint32()) {
    ThrowOpMisuse(isolate);
    return;
  }
  const auto encoding = static_cast<Encoding>(info[0].As<v8::Uint32>()->Value());
  const uint32_t flags = info[2].As<v8::Uint32>()->Value();
  const bool stream = (flags & kStream) != 0;
  Kept kept;
  uint32_t* numbers = nullptr;
  if (!info[3]->IsUndefined()) {
    numbers = NumbersArgument(info, 3, Kept::kNumbers);
    if (numbers == nullptr) return;
    kept.Load(numbers);
  }
  ByteArgument bytes;
  if (!bytes.Read(info, 1)) return;
  OpMemory memory(isolate);
  const bool narrow = encoding == Encoding::kUtf8 || encoding == Encoding::kWindows1252;
  if (narrow && kept.utf8.needed == 0 && AllAscii(isolate, bytes)) {
    if (numbers != nullptr) {
      kept.begun = stream && (kept.begun || bytes.size() > 0);
      kept.Store(numbers);
    }
    v8::Local<v8::String> string;
    if (MakeOneByte(isolate, &memory, bytes.data(), bytes.size()).ToLocal(&string)) info.GetReturnValue().Set(string);
    return;
  }

  uint16_t small[kSmall + 2];
  Text text;
  text.units = small;
  if (bytes.size() > kSmall) {
    // Two units more: what began in the last piece, and what ends in this one.
    text.units = static_cast<uint16_t*>(memory.Allocate((bytes.size() + 2) * sizeof(uint16_t)));
    if (text.units == nullptr) return;
  }
  if (!Decode(isolate, encoding, bytes, !stream, &kept, &text)) return;
  if (text.failed && (flags & kFatal) != 0) {
    if (numbers != nullptr) Kept().Store(numbers);
    return;
  }
  const bool unicode = encoding != Encoding::kWindows1252;
  const bool skip = unicode && !kept.begun && (flags & kIgnoreBom) == 0 && text.count > 0 && text.units[0] == kBom;
  kept.begun = stream && (kept.begun || text.count > 0);
  if (!stream) kept = Kept();
  if (numbers != nullptr) kept.Store(numbers);
  if (skip) {
    ++text.units;
    --text.count;
  }
  v8::Local<v8::String> string;
  if (Make(isolate, &memory, text).ToLocal(&string)) info.GetReturnValue().Set(string);
}

}  // namespace isolet
