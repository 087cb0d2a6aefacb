// gzip, deflate (zlib's format) and raw deflate, by the zlib inside Node.
#include <zlib.h>

#include <utility>

#include "web/codec_stream.h"
#include "web/counted_memory.h"
#include "web/node_symbols.h"

namespace isolet {
namespace {

constexpr int kMemoryLevel = 8;  // zlib's own

struct Zlib {
  decltype(::deflateInit2_)* deflate_init;
  decltype(::deflate)* deflate;
  decltype(::deflateEnd)* deflate_end;
  decltype(::inflateInit2_)* inflate_init;
  decltype(::inflate)* inflate;
  decltype(::inflateEnd)* inflate_end;
  bool complete;
};

const Zlib& Functions() {
  static const Zlib found = [] {
    Zlib zlib{};
    zlib.complete = ResolveNodeSymbol("deflateInit2_", &zlib.deflate_init) &&
                    ResolveNodeSymbol("deflate", &zlib.deflate) && ResolveNodeSymbol("deflateEnd", &zlib.deflate_end) &&
                    ResolveNodeSymbol("inflateInit2_", &zlib.inflate_init) &&
                    ResolveNodeSymbol("inflate", &zlib.inflate) && ResolveNodeSymbol("inflateEnd", &zlib.inflate_end);
    return zlib;
  }();
  return found;
}

int WindowBits(CodecFormat format) {
  if (format == CodecFormat::kDeflateRaw) return -MAX_WBITS;
  return format == CodecFormat::kGzip ? MAX_WBITS + 16 : MAX_WBITS;
}

class ZlibStream final : public CodecStream {
 public:
  ZlibStream(v8::Isolate* isolate, std::shared_ptr<ArrayBufferAllocator> allocator, bool compress)
      : memory_(isolate, std::move(allocator)), compress_(compress) {
    stream_.zalloc = CountedMemory::AllocateItems;
    stream_.zfree = CountedMemory::Free;
    stream_.opaque = &memory_;
  }
  ~ZlibStream() override {
    if (!begun_) return;
    compress_ ? Functions().deflate_end(&stream_) : Functions().inflate_end(&stream_);
  }

  bool Begin(CodecFormat format) {
    constexpr int kSize = static_cast<int>(sizeof(z_stream));
    const int bits = WindowBits(format);
    const int status = compress_ ? Functions().deflate_init(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, bits,
                                                            kMemoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION, kSize)
                                 : Functions().inflate_init(&stream_, bits, ZLIB_VERSION, kSize);
    begun_ = status == Z_OK;
    return begun_;
  }

  Result Run(Step* step) override {
    // zlib takes input that is not const and leaves it alone.
    stream_.next_in = const_cast<Bytef*>(step->input);
    stream_.avail_in = static_cast<uInt>(step->input_bytes);
    stream_.next_out = step->output;
    stream_.avail_out = static_cast<uInt>(step->output_bytes);
    const int status = compress_ ? Functions().deflate(&stream_, step->finish ? Z_FINISH : Z_NO_FLUSH)
                                 : Functions().inflate(&stream_, Z_NO_FLUSH);
    step->input_bytes = stream_.avail_in;
    step->output_bytes = stream_.avail_out;
    stream_.next_in = nullptr;
    stream_.next_out = nullptr;
    if (status == Z_STREAM_END) return Result::kEnded;
    if (status == Z_MEM_ERROR) return Result::kNoMemory;
    // Nothing could be done: no input, or no room.
    if (status != Z_OK && status != Z_BUF_ERROR) return Result::kCorrupt;
    return stream_.avail_in > 0 || stream_.avail_out == 0 || (compress_ && step->finish) ? Result::kMore
                                                                                         : Result::kHungry;
  }

 private:
  CountedMemory memory_;
  z_stream stream_{};
  const bool compress_;
  bool begun_ = false;
};

}  // namespace

bool HasZlib() { return Functions().complete; }

std::unique_ptr<CodecStream> MakeZlib(v8::Isolate* isolate, const std::shared_ptr<ArrayBufferAllocator>& allocator,
                                      CodecFormat format, bool compress, bool* no_memory) {
  if (!HasZlib()) return nullptr;
  auto made = std::make_unique<ZlibStream>(isolate, allocator, compress);
  *no_memory = !made->Begin(format);
  if (*no_memory) return nullptr;
  return made;
}

}  // namespace isolet
