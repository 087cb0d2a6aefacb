// `ops.crypto.aes(mode, encrypt, key, iv, data, additional, parameter)`: bytes en- or decrypted, as an ArrayBuffer;
// null if it can't be done (a wrong key or tag, data of the wrong length); undefined where this Node has no such
// cipher.
//
// Modes: 0 CBC with padding; 1 CTR, whose `parameter` is how many bits of the block count (1 to 128); 2 GCM, whose
// `parameter` is the tag's length in bytes; 3 key wrap (RFC 3394).
#pragma once

#include <span>

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> AesOps();

}  // namespace isolet
