#include "web/codec_stream.h"

namespace isolet {

bool HasCodec(CodecFormat format) { return format == CodecFormat::kBrotli ? HasBrotli() : HasZlib(); }

std::unique_ptr<CodecStream> MakeCodec(v8::Isolate* isolate, const std::shared_ptr<ArrayBufferAllocator>& allocator,
                                       CodecFormat format, bool compress, bool* no_memory) {
  *no_memory = false;
  if (format == CodecFormat::kBrotli) return MakeBrotli(isolate, allocator, compress, no_memory);
  return MakeZlib(isolate, allocator, format, compress, no_memory);
}

}  // namespace isolet
