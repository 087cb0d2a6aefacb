// `ops.random`: bytes of the system's generator, asked for each time and never kept, so that no two guests that start
// from one snapshot get the same.
//   fill(view)    overwrites the bytes of an ArrayBufferView of at most 65,536 bytes
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> RandomOps();

}  // namespace isolet
