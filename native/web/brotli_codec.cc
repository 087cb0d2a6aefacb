// Brotli, by the libraries inside Node. No header of Node's declares them: the functions and numbers are those of the
// stable interface libbrotli*.so.1.
#include <utility>

#include "web/codec_stream.h"
#include "web/counted_memory.h"
#include "web/node_symbols.h"

namespace isolet {
namespace {

using AllocFunc = void* (*)(void*, size_t);
using FreeFunc = void (*)(void*, void*);
struct Encoder;
struct Decoder;

constexpr int kQuality = 1, kWindow = 2;             // BrotliEncoderParameter
constexpr int kProcess = 0, kFinish = 2;             // BrotliEncoderOperation
constexpr int kFailed = 0, kSuccess = 1, kFull = 3;  // BrotliDecoderResult
// Fast, and about 3 MB of memory.
constexpr uint32_t kQualityUsed = 4, kWindowUsed = 18;
// The encoder ends the process when it gets no memory, so it has its memory before it begins.
constexpr size_t kEncoderReserve = 4u * 1024 * 1024;

struct Brotli {
  Encoder* (*encoder_create)(AllocFunc, FreeFunc, void*);
  void (*encoder_destroy)(Encoder*);
  int (*encoder_set)(Encoder*, int, uint32_t);
  int (*encoder_run)(Encoder*, int, size_t*, const uint8_t**, size_t*, uint8_t**, size_t*);
  int (*encoder_more)(Encoder*);
  int (*encoder_finished)(Encoder*);
  Decoder* (*decoder_create)(AllocFunc, FreeFunc, void*);
  void (*decoder_destroy)(Decoder*);
  int (*decoder_run)(Decoder*, size_t*, const uint8_t**, size_t*, uint8_t**, size_t*);
  int (*decoder_error)(const Decoder*);
  bool complete;
};

const Brotli& Functions() {
  static const Brotli found = [] {
    Brotli brotli{};
    brotli.complete = ResolveNodeSymbol("BrotliEncoderCreateInstance", &brotli.encoder_create) &&
                      ResolveNodeSymbol("BrotliEncoderDestroyInstance", &brotli.encoder_destroy) &&
                      ResolveNodeSymbol("BrotliEncoderSetParameter", &brotli.encoder_set) &&
                      ResolveNodeSymbol("BrotliEncoderCompressStream", &brotli.encoder_run) &&
                      ResolveNodeSymbol("BrotliEncoderHasMoreOutput", &brotli.encoder_more) &&
                      ResolveNodeSymbol("BrotliEncoderIsFinished", &brotli.encoder_finished) &&
                      ResolveNodeSymbol("BrotliDecoderCreateInstance", &brotli.decoder_create) &&
                      ResolveNodeSymbol("BrotliDecoderDestroyInstance", &brotli.decoder_destroy) &&
                      ResolveNodeSymbol("BrotliDecoderDecompressStream", &brotli.decoder_run) &&
                      ResolveNodeSymbol("BrotliDecoderGetErrorCode", &brotli.decoder_error);
    return brotli;
  }();
  return found;
}

// BROTLI_DECODER_ERROR_ALLOC_… are -21 to -30.
bool IsOutOfMemory(int error) { return error <= -21 && error >= -30; }

class BrotliEncoder final : public CodecStream {
 public:
  BrotliEncoder(v8::Isolate* isolate, std::shared_ptr<ArrayBufferAllocator> allocator)
      : memory_(isolate, std::move(allocator)) {}
  ~BrotliEncoder() override {
    if (encoder_ != nullptr) Functions().encoder_destroy(encoder_);
  }

  bool Begin() {
    if (!memory_.Reserve(kEncoderReserve)) return false;
    encoder_ = Functions().encoder_create(CountedMemory::Allocate, CountedMemory::Free, &memory_);
    return encoder_ != nullptr && Functions().encoder_set(encoder_, kQuality, kQualityUsed) &&
           Functions().encoder_set(encoder_, kWindow, kWindowUsed);
  }

  Result Run(Step* step) override {
    const int operation = step->finish ? kFinish : kProcess;
    const int ok = Functions().encoder_run(encoder_, operation, &step->input_bytes, &step->input, &step->output_bytes,
                                           &step->output, nullptr);
    if (!ok) return Result::kCorrupt;
    if (!memory_.Settle()) return Result::kNoMemory;
    if (Functions().encoder_finished(encoder_)) return Result::kEnded;
    const bool more = step->input_bytes > 0 || Functions().encoder_more(encoder_) || step->finish;
    return more ? Result::kMore : Result::kHungry;
  }

 private:
  CountedMemory memory_;
  Encoder* encoder_ = nullptr;
};

class BrotliDecoder final : public CodecStream {
 public:
  BrotliDecoder(v8::Isolate* isolate, std::shared_ptr<ArrayBufferAllocator> allocator)
      : memory_(isolate, std::move(allocator)) {}
  ~BrotliDecoder() override {
    if (decoder_ != nullptr) Functions().decoder_destroy(decoder_);
  }

  bool Begin() {
    decoder_ = Functions().decoder_create(CountedMemory::Allocate, CountedMemory::Free, &memory_);
    return decoder_ != nullptr;
  }

  Result Run(Step* step) override {
    const int result = Functions().decoder_run(decoder_, &step->input_bytes, &step->input, &step->output_bytes,
                                               &step->output, nullptr);
    if (result == kSuccess) return Result::kEnded;
    if (result == kFull) return Result::kMore;
    if (result != kFailed) return Result::kHungry;
    return IsOutOfMemory(Functions().decoder_error(decoder_)) ? Result::kNoMemory : Result::kCorrupt;
  }

 private:
  CountedMemory memory_;
  Decoder* decoder_ = nullptr;
};

}  // namespace

bool HasBrotli() { return Functions().complete; }

std::unique_ptr<CodecStream> MakeBrotli(v8::Isolate* isolate, const std::shared_ptr<ArrayBufferAllocator>& allocator,
                                        bool compress, bool* no_memory) {
  if (!HasBrotli()) return nullptr;
  if (compress) {
    auto made = std::make_unique<BrotliEncoder>(isolate, allocator);
    *no_memory = !made->Begin();
    if (*no_memory) return nullptr;
    return made;
  }
  auto made = std::make_unique<BrotliDecoder>(isolate, allocator);
  *no_memory = !made->Begin();
  if (*no_memory) return nullptr;
  return made;
}

}  // namespace isolet
