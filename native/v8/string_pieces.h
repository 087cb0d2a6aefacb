// Copies a piece of a string, by whichever function this V8 has. Reading any part of a string makes V8 flatten the
// whole.
//
// The thread that holds the isolate's lock.
#pragma once

#include <cstdint>

#include "v8/v8.h"

namespace isolet {

// UTF-16 units from `from` on.
template <typename String = v8::String>
void CopyTwoBytePiece(v8::Isolate* isolate, v8::Local<String> string, uint32_t from, uint16_t* out, uint32_t length) {
  if constexpr (requires { string->WriteV2(isolate, from, length, out); }) {
    string->WriteV2(isolate, from, length, out);
  } else {
    string->Write(isolate, out, static_cast<int>(from), static_cast<int>(length), String::NO_NULL_TERMINATION);
  }
}

// Likewise of a string whose characters are bytes.
template <typename String = v8::String>
void CopyOneBytePiece(v8::Isolate* isolate, v8::Local<String> string, uint32_t from, uint8_t* out, uint32_t length) {
  if constexpr (requires { string->WriteOneByteV2(isolate, from, length, out); }) {
    string->WriteOneByteV2(isolate, from, length, out);
  } else {
    string->WriteOneByte(isolate, out, static_cast<int>(from), static_cast<int>(length), String::NO_NULL_TERMINATION);
  }
}

}  // namespace isolet
