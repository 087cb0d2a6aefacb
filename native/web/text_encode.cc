// Encoding: a string of the guest as UTF-8.
#include <algorithm>
#include <cstring>

#include "v8/string_pieces.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"
#include "web/text_ops.h"
#include "web/utf8.h"

namespace isolet {
namespace {

// Shorter strings are copied to the stack.
constexpr size_t kSmall = 1024;
// Units that are read at once.
constexpr uint32_t kPiece = 16 * 1024;

// Hands out a string in pieces of UTF-16 that cut no pair.
class Pieces {
 public:
  Pieces(v8::Isolate* isolate, v8::Local<v8::String> string)
      : isolate_(isolate), string_(string), length_(static_cast<uint32_t>(string->Length())) {}

  // False: that was all.
  bool Next() {
    at_ += count_;
    count_ = std::min(kPiece, length_ - at_);
    if (count_ == 0) return false;
    CopyTwoBytePiece(isolate_, string_, at_, units_, count_);
    if (at_ + count_ < length_ && count_ > 1 && utf8::IsHighSurrogate(units_[count_ - 1])) --count_;
    return true;
  }
  const uint16_t* units() const { return units_; }
  size_t count() const { return count_; }

 private:
  v8::Isolate* const isolate_;
  const v8::Local<v8::String> string_;
  const uint32_t length_;
  uint32_t at_ = 0;
  uint32_t count_ = 0;
  uint16_t units_[kPiece];
};

// Reading any part of a string makes V8 flatten the whole: room for that must be there.
bool MayFlatten(OpMemory* memory, v8::Local<v8::String> string) {
  const auto length = static_cast<size_t>(string->Length());
  return length <= kOpSlice || memory->Charge(length * (string->IsOneByte() ? 1 : 2));
}

bool EncodeSmallOneByte(v8::Isolate* isolate, v8::Local<v8::String> string, NewBytes* out) {
  uint8_t characters[kSmall];
  const auto length = static_cast<size_t>(string->Length());
  CopyOneByte(isolate, string, characters, static_cast<uint32_t>(length));
  const size_t ascii = utf8::AsciiPrefix(characters, length);
  if (ascii == length) {
    if (!out->Allocate(isolate, length)) return false;
    std::memcpy(out->data(), characters, length);
    return true;
  }
  if (!out->Allocate(isolate, utf8::LengthOfLatin1(characters, length))) return false;
  utf8::FromLatin1(characters, length, out->data());
  return true;
}

bool EncodeSmallTwoByte(v8::Isolate* isolate, v8::Local<v8::String> string, NewBytes* out) {
  uint16_t units[kSmall];
  const auto length = static_cast<size_t>(string->Length());
  CopyTwoByte(isolate, string, units, static_cast<uint32_t>(length));
  if (!out->Allocate(isolate, utf8::LengthOfUtf16(units, length))) return false;
  utf8::FromUtf16(units, length, out->data());
  return true;
}

// False: an exception is pending, or the guest is being stopped. Straight into the result, which most often is ASCII.
bool EncodeOneByte(v8::Isolate* isolate, v8::Local<v8::String> string, NewBytes* out) {
  const auto length = static_cast<size_t>(string->Length());
  if (!out->Allocate(isolate, length)) return false;
  size_t bytes = 0;
  for (size_t at = 0; at < length; at += kOpSlice) {
    if (at > 0 && OpStopped(isolate)) return false;
    const size_t count = std::min(kOpSlice, length - at);
    CopyOneBytePiece(isolate, string, static_cast<uint32_t>(at), out->data() + at, static_cast<uint32_t>(count));
    bytes += utf8::LengthOfLatin1(out->data() + at, count);
  }
  if (bytes == length) return true;
  const NewBytes latin1 = std::move(*out);
  if (!out->Allocate(isolate, bytes)) return false;
  size_t written = 0;
  for (size_t at = 0; at < length; at += kOpSlice) {
    if (at > 0 && OpStopped(isolate)) return false;
    written += utf8::FromLatin1(latin1.data() + at, std::min(kOpSlice, length - at), out->data() + written);
  }
  return true;
}

// Likewise.
bool EncodeTwoByte(v8::Isolate* isolate, v8::Local<v8::String> string, NewBytes* out) {
  size_t bytes = 0;
  for (Pieces pieces(isolate, string); pieces.Next();) {
    if (OpStopped(isolate)) return false;
    bytes += utf8::LengthOfUtf16(pieces.units(), pieces.count());
  }
  if (!out->Allocate(isolate, bytes)) return false;
  size_t written = 0;
  for (Pieces pieces(isolate, string); pieces.Next();) {
    if (OpStopped(isolate)) return false;
    written += utf8::FromUtf16(pieces.units(), pieces.count(), out->data() + written);
  }
  return true;
}

}  // namespace

void EncodeText(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::String> string;
  if (!StringArgument(info, 0, &string)) return;
  OpMemory memory(isolate);
  if (!MayFlatten(&memory, string)) return;
  NewBytes out;
  const bool one_byte = string->IsOneByte();
  const bool small = static_cast<size_t>(string->Length()) <= kSmall;
  const bool done = one_byte ? (small ? EncodeSmallOneByte : EncodeOneByte)(isolate, string, &out)
                             : (small ? EncodeSmallTwoByte : EncodeTwoByte)(isolate, string, &out);
  if (done) info.GetReturnValue().Set(out.ToArray(isolate));
}

void EncodeTextInto(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::String> string;
  if (!StringArgument(info, 0, &string)) return;
  if (!info[1]->IsUint8Array()) {
    ThrowOpMisuse(isolate);
    return;
  }
  OpMemory memory(isolate);
  if (!MayFlatten(&memory, string)) return;
  uint32_t* const counts = NumbersArgument(info, 2, 2);
  if (counts == nullptr) return;
  v8::Local<v8::Uint8Array> target = info[1].As<v8::Uint8Array>();
  const size_t size = target->ByteLength();
  uint8_t* const out = size == 0 ? nullptr : static_cast<uint8_t*>(target->Buffer()->Data()) + target->ByteOffset();
  utf8::Fitted all{0, 0};
  for (Pieces pieces(isolate, string); all.written < size && pieces.Next();) {
    if (OpStopped(isolate)) return;
    const utf8::Fitted some = utf8::FitUtf16(pieces.units(), pieces.count(), out + all.written, size - all.written);
    all.read += some.read;
    all.written += some.written;
    if (some.read < pieces.count()) break;
  }
  counts[0] = static_cast<uint32_t>(all.read);
  counts[1] = static_cast<uint32_t>(all.written);
}

}  // namespace isolet
