// One direction of one compression format, fed in steps. A step takes and gives at most kCodecStep bytes, so that it is
// over in well under a millisecond.
//
// The thread that holds the isolate's lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "memory_use/array_buffer_allocator.h"
#include "v8/v8.h"

namespace isolet {

inline constexpr size_t kCodecStep = 64 * 1024;

// The numbers are what lib/guest/web/compression says.
enum class CodecFormat : uint8_t { kGzip, kDeflate, kDeflateRaw, kBrotli };
inline constexpr uint32_t kCodecFormats = 4;

class CodecStream {
 public:
  enum class Result : uint8_t {
    kHungry,  // all input was taken
    kMore,    // the room for output is full, or input is left
    kEnded,   // the data is complete; input that is left does not belong to it
    kCorrupt,
    kNoMemory
  };

  struct Step {
    const uint8_t* input;
    size_t input_bytes;  // on return: that are left
    uint8_t* output;
    size_t output_bytes;  // on return: room that is left
    bool finish;          // nothing follows this input
  };

  virtual ~CodecStream() = default;
  virtual Result Run(Step* step) = 0;
};

// Null, with `*no_memory` true: there is no room for it. Null otherwise: this Node lacks the format.
std::unique_ptr<CodecStream> MakeCodec(v8::Isolate* isolate, const std::shared_ptr<ArrayBufferAllocator>& allocator,
                                       CodecFormat format, bool compress, bool* no_memory);
// Whether this Node has the format.
bool HasCodec(CodecFormat format);

// The parts of MakeCodec.
std::unique_ptr<CodecStream> MakeZlib(v8::Isolate* isolate, const std::shared_ptr<ArrayBufferAllocator>& allocator,
                                      CodecFormat format, bool compress, bool* no_memory);
bool HasZlib();
std::unique_ptr<CodecStream> MakeBrotli(v8::Isolate* isolate, const std::shared_ptr<ArrayBufferAllocator>& allocator,
                                        bool compress, bool* no_memory);
bool HasBrotli();

}  // namespace isolet
