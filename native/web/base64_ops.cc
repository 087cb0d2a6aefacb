#include "web/base64_ops.h"

#include <algorithm>
#include <optional>

#include "v8/string_pieces.h"
#include "v8/strings.h"
#include "web/base64.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"

namespace isolet {
namespace {

using base64::kOther;
using base64::kSpace;

constexpr size_t kSmall = 2048;

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
      const size_t groups = base64::DecodeGroups(data + at, (std::min(size, look_at) - at) / 4, data + written);
      written += groups * 3;
      at += groups * 4;
      if (at >= size) break;
    }
    const uint8_t value = base64::ValueOf(data[at]);
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
  const size_t groups = text.size() / 3;
  for (size_t done = 0, some = 0; done < groups; done += some) {
    if (done > 0 && OpStopped(isolate)) return;
    some = std::min(groups - done, kOpSlice / 3);
    base64::EncodeGroups(text.data() + done * 3, some, out + done * 4);
  }
  const size_t rest = text.size() - groups * 3;
  if (rest > 0) base64::EncodeRest(text.data() + groups * 3, rest, out + groups * 4);
  v8::Local<v8::String> encoded;
  if (v8::String::NewFromOneByte(isolate, out, v8::NewStringType::kNormal, static_cast<int>(size)).ToLocal(&encoded)) {
    info.GetReturnValue().Set(encoded);
  }
}

const WebOp kOps[] = {{"base64", "decode", Decode, 1}, {"base64", "encode", Encode, 1}};

}  // namespace

std::span<const WebOp> Base64Ops() { return kOps; }

}  // namespace isolet
