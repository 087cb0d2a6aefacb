#include "web/text_ops.h"

namespace isolet {
namespace {

const WebOp kOps[] = {
    {"text", "encode", EncodeText, 1},
    {"text", "encodeInto", EncodeTextInto, 3},
    {"text", "decode", DecodeText, 4},
};

}  // namespace

std::span<const WebOp> TextOps() { return kOps; }

}  // namespace isolet
