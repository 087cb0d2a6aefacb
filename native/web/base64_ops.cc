#include "web/base64_ops.h"

#include <algorithm>
#include <array>
#include <optional>

#include "v8/string_pieces.h"
#include "v8/strings.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"

namespace isolet {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kSpace = 0x40;
constexpr uint8_t kOther = 0x80;

constexpr std::array<uint8_t, 256> MakeValues() {
  std::array<uint8_t, 256> values{};
  values.fill(kOther);
  for (uint8_t i = 0; i < 64; ++i) values[static_cast<uint8_t>(kAlphabet[i])] = i;
  for (char space : {' ', '\t', '\n', '\f', '\r'}) values[static_cast<uint8_t>(space)] = kSpace;
  return values;
}
constexpr std::array<uint8_t, 256> kValues = MakeValues();

constexpr size_t kSmall = 1024;

// Characters of a string, and room for `factor` times as many; small ones on the stack.
class Characters {
 public:
  explicit Characters(v8::Isolate* isolate) : isolate_(isolate), memory_(isolate) {}

  // False: an exception is pending, or the guest is being stopped. The result is charged as well: V8 makes it in the
  // guest's heap, and flattens what it reads.
  bool Read(v8::Local<v8::String> string) {
    size_ = static_cast<size_t>(string->Length());
    if (size_ > kSmall) {
      if (size_ > kOpSlice && !memory_.Charge(size_ * 3)) return false;
      data_ = static_cast<uint8_t*>(memory_.Allocate(size_));
      if (data_ == nullptr) return false;
    }
    for (size_t at = 0; at < size_; at += kOpSlice) {
      if (at > 0 && OpStopped(isolate_)) return false;
      const size_t count = std::min(kOpSlice, size_ - at);
      CopyOneBytePiece(isolate_, string, static_cast<uint32_t>(at), data_ + at, static_cast<uint32_t>(count));
    }
    return true;
  }
  uint8_t* data() { return data_; }
  size_t size() const { return size_; }

 private:
  v8::Isolate* const isolate_;
  OpMemory memory_;
  uint8_t small_[kSmall];
  uint8_t* data_ = small_;
  size_t size_ = 0;
};

// As many whole groups of four digits as follow each other from `at` on. Answers where they end.
size_t DecodeFours(uint8_t* data, size_t at, size_t end, size_t written) {
  for (; at + 4 <= end; at += 4, written += 3) {
    const uint8_t a = kValues[data[at]], b = kValues[data[at + 1]];
    const uint8_t c = kValues[data[at + 2]], d = kValues[data[at + 3]];
    if (((a | b | c | d) & (kSpace | kOther)) != 0) break;
    data[written] = static_cast<uint8_t>(a << 2 | b >> 4);
    data[written + 1] = static_cast<uint8_t>(b << 4 | c >> 2);
    data[written + 2] = static_cast<uint8_t>(c << 6 | d);
  }
  return at;
}

// Characters of four are bytes of three, in place. Answers how many; nothing: it is no base64, or the
// guest is being stopped.
std::optional<size_t> DecodeInPlace(v8::Isolate* isolate, uint8_t* data, size_t size) {
  size_t written = 0;
  size_t digits = 0;
  size_t padding = 0;
  uint32_t bits = 0;
  for (size_t at = 0, look_at = kOpSlice; at < size; ++at) {
    if (at >= look_at) {
      if (OpStopped(isolate)) return {};
      look_at += kOpSlice;
    }
    if (digits % 4 == 0 && padding == 0) {
      const size_t whole = DecodeFours(data, at, std::min(size, look_at), written);
      written += (whole - at) / 4 * 3;
      at = whole;
      if (at >= size) break;
    }
    const uint8_t value = kValues[data[at]];
    if (value == kSpace) continue;
    if (value == kOther) {
      if (data[at] != '=') return {};
      ++padding;
      continue;
    }
    if (padding > 0) return {};
    bits = bits << 6 | value;
    if (++digits % 4 != 0) continue;
    data[written++] = static_cast<uint8_t>(bits >> 16);
    data[written++] = static_cast<uint8_t>(bits >> 8);
    data[written++] = static_cast<uint8_t>(bits);
  }
  const size_t rest = digits % 4;
  if (rest == 1 || (padding > 0 && (padding > 2 || rest + padding != 4))) return {};
  if (rest == 2) data[written++] = static_cast<uint8_t>(bits >> 4);
  if (rest == 3) {
    data[written++] = static_cast<uint8_t>(bits >> 10);
    data[written++] = static_cast<uint8_t>(bits >> 2);
  }
  return written;
}

void Decode(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::String> string;
  if (!StringArgument(info, 0, &string) || !string->ContainsOnlyOneByte()) return;
  Characters text(isolate);
  if (!text.Read(string)) return;
  const std::optional<size_t> size = DecodeInPlace(isolate, text.data(), text.size());
  if (!size) return;
  v8::Local<v8::String> decoded;
  if (v8::String::NewFromOneByte(isolate, text.data(), v8::NewStringType::kNormal, static_cast<int>(*size))
          .ToLocal(&decoded)) {
    info.GetReturnValue().Set(decoded);
  }
}

// Three bytes are four characters; fewer are padded.
void EncodeThree(const uint8_t* bytes, size_t count, uint8_t* out) {
  const uint32_t bits = bytes[0] << 16 | (count > 1 ? bytes[1] << 8 : 0) | (count > 2 ? bytes[2] : 0);
  out[0] = static_cast<uint8_t>(kAlphabet[bits >> 18]);
  out[1] = static_cast<uint8_t>(kAlphabet[bits >> 12 & 0x3F]);
  out[2] = count > 1 ? static_cast<uint8_t>(kAlphabet[bits >> 6 & 0x3F]) : '=';
  out[3] = count > 2 ? static_cast<uint8_t>(kAlphabet[bits & 0x3F]) : '=';
}

void Encode(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::String> string;
  if (!StringArgument(info, 0, &string) || !string->ContainsOnlyOneByte()) return;
  Characters text(isolate);
  if (!text.Read(string)) return;
  const size_t size = (text.size() + 2) / 3 * 4;
  if (size > static_cast<size_t>(v8::String::kMaxLength)) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "Invalid string length")));
    return;
  }
  OpMemory memory(isolate);
  uint8_t small[kSmall * 2];
  uint8_t* out = small;
  if (size > sizeof(small)) {
    out = static_cast<uint8_t*>(memory.Allocate(size));
    if (out == nullptr) return;
  }
  const size_t whole = text.size() / 3 * 3;
  for (size_t at = 0, to = 0; at < whole;) {
    if (at > 0 && OpStopped(isolate)) return;
    for (const size_t end = std::min(whole, at + 3 * (kOpSlice / 3)); at < end; at += 3, to += 4) {
      EncodeThree(text.data() + at, 3, out + to);
    }
  }
  if (whole < text.size()) EncodeThree(text.data() + whole, text.size() - whole, out + whole / 3 * 4);
  v8::Local<v8::String> encoded;
  if (v8::String::NewFromOneByte(isolate, out, v8::NewStringType::kNormal, static_cast<int>(size)).ToLocal(&encoded)) {
    info.GetReturnValue().Set(encoded);
  }
}

const WebOp kOps[] = {{"base64", "decode", Decode, 1}, {"base64", "encode", Encode, 1}};

}  // namespace

std::span<const WebOp> Base64Ops() { return kOps; }

}  // namespace isolet
