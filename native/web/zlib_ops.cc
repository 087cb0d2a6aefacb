#include "web/zlib_ops.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "v8/strings.h"
#include "web/codec_stream.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"
#include "web/web.h"

namespace isolet {
namespace {

constexpr int32_t kCorrupt = -1, kClosed = -2;
constexpr int32_t kMore = 1, kEnded = 2;
constexpr int32_t kPerByte = 4;

std::optional<CodecFormat> ReadFormat(v8::Local<v8::Value> value) {
  if (!value->IsUint32()) return std::nullopt;
  const uint32_t number = value.As<v8::Uint32>()->Value();
  if (number >= kCodecFormats) return std::nullopt;
  return static_cast<CodecFormat>(number);
}

uint32_t ReadNumber(v8::Local<v8::Value> value) { return value->IsUint32() ? value.As<v8::Uint32>()->Value() : 0; }

void ThrowOutOfMemory(v8::Isolate* isolate) {
  isolate->ThrowException(v8::Exception::RangeError(Name(isolate, kAllocationFailed)));
}

void Has(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const std::optional<CodecFormat> format = ReadFormat(info[0]);
  info.GetReturnValue().Set(format && HasCodec(*format));
}

void Open(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  const std::optional<CodecFormat> format = ReadFormat(info[1]);
  if (parts == nullptr || !info[0]->IsObject() || !format) return;
  bool no_memory = false;
  std::unique_ptr<CodecStream> made =
      MakeCodec(isolate, parts->shared_allocator(), *format, info[2]->IsTrue(), &no_memory);
  if (no_memory) return ThrowOutOfMemory(isolate);
  if (!made) return;
  info.GetReturnValue().Set(parts->web().codecs().Add(isolate, info[0].As<v8::Object>(), std::move(made)));
}

void Step(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  CodecStreams& codecs = parts->web().codecs();
  const uint32_t id = ReadNumber(info[0]);
  CodecStream* stream = codecs.Find(id);
  ByteArgument bytes;
  codecs.NoteStatus(stream == nullptr ? kClosed : kCorrupt);
  if (stream == nullptr || !bytes.Read(info, 1)) return;
  const size_t from = std::min<size_t>(ReadNumber(info[2]), bytes.size());
  const size_t given = std::min(bytes.size() - from, kCodecStep);
  // Not in the thread's own block, where a library that is loaded late has room for little.
  static thread_local const std::unique_ptr<uint8_t[]> room(new uint8_t[kCodecStep]);
  CodecStream::Step step{bytes.data() + from, given, room.get(), kCodecStep, false};
  step.finish = info[3]->IsTrue() && from + given == bytes.size();
  const CodecStream::Result result = stream->Run(&step);
  if (result == CodecStream::Result::kCorrupt) return codecs.Close(id);
  if (result == CodecStream::Result::kNoMemory) {
    codecs.Close(id);
    return ThrowOutOfMemory(isolate);
  }
  const size_t made = kCodecStep - step.output_bytes;
  const size_t taken = given - step.input_bytes;
  const bool all = from + taken == bytes.size();
  const bool more = result == CodecStream::Result::kMore || !all;
  const int32_t state = result == CodecStream::Result::kEnded ? kEnded : (more ? kMore : 0);
  codecs.NoteStatus(static_cast<int32_t>(taken) * kPerByte + state);
  if (made == 0) return;
  NewBytes out;
  if (!out.Allocate(isolate, made)) return;
  std::memcpy(out.data(), room.get(), made);
  info.GetReturnValue().Set(out.ToArray(isolate));
}

void Status(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (Parts* parts = Parts::Of(info.GetIsolate())) info.GetReturnValue().Set(parts->web().codecs().status());
}

void Close(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (Parts* parts = Parts::Of(info.GetIsolate())) parts->web().codecs().Close(ReadNumber(info[0]));
}

const WebOp kZlibOps[] = {
    {"zlib", "has", Has, 1},       {"zlib", "open", Open, 3},   {"zlib", "step", Step, 4},
    {"zlib", "status", Status, 0}, {"zlib", "close", Close, 1},
};

}  // namespace

std::span<const WebOp> ZlibOps() { return kZlibOps; }

}  // namespace isolet
