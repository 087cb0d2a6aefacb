// `ops.crypto` on the guest's own thread, with hashes and ciphers by their numbers in openssl.h.
//   digest(hash, data)      the hash of bytes
//   hmac(hash, key, data)   their HMAC
//   pbkdf2(hash, password, salt, iterations, length)
//                           so many bytes (RFC 8018); the time is the guest's as that of its own loops, and a stop of
//                           the guest ends it
// Each answers an ArrayBuffer, or undefined where this Node has no such hash.
#pragma once

#include <span>

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> DigestOps();
std::span<const WebOp> HmacOps();

}  // namespace isolet
