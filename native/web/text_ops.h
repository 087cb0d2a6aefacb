// `ops.text`: what TextEncoder and TextDecoder do in UTF-8, UTF-16 in both orders and windows-1252. The other encodings
// are the bundle's.
//   encode(string): Uint8Array
//   encodeInto(string, target: Uint8Array, counts: Uint32Array)              counts becomes [read, written]
//   decode(encoding, bytes, flags, state?: Uint32Array): string | undefined
// `state` is what a decoder keeps between pieces; without one the input is complete. Undefined: the input is malformed
// and the decoder is fatal.
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> TextOps();

// The parts of it.
void EncodeText(const v8::FunctionCallbackInfo<v8::Value>& info);
void EncodeTextInto(const v8::FunctionCallbackInfo<v8::Value>& info);
void DecodeText(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace isolet
