// `ops.zlib`: what CompressionStream and DecompressionStream are made of. Formats by their numbers in codec_stream.h.
//   has(format)                         whether this Node has it
//   open(holder, format, compress)      the number of a new stream, which lives as long as the object `holder`; throws
//   a
//                                       RangeError if there is no memory for it
//   step(id, bytes, from, finish)       works on at most 64 kB from `from` on and answers what that made, a Uint8Array,
//                                       or undefined for nothing; throws as `open`
//   status()                            of the last step: -1 the data is corrupt, -2 there is no such stream any more;
//   else
//                                       how many bytes it took, times four, plus 0: all was taken, 1: there is more to
//                                       do, 2: the data is complete
//   close(id)
#pragma once

#include <span>

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> ZlibOps();

}  // namespace isolet
