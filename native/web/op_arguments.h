// Reads the arguments of ops (web/ops.h), believing nothing of them.
//
// The thread that holds the isolate's lock.
#pragma once

#include <cstddef>
#include <cstdint>

#include "v8/v8.h"

namespace isolet {

// An argument that the bundle never passes.
void ThrowOpMisuse(v8::Isolate* isolate);

// The text of an argument that must be a string. False: a TypeError is pending.
bool StringArgument(const v8::FunctionCallbackInfo<v8::Value>& info, int index, v8::Local<v8::String>* string);

// The bytes of an ArrayBuffer, a SharedArrayBuffer or a view. Valid until guest code runs or something is allocated in
// V8.
class ByteArgument {
 public:
  // False: a TypeError is pending.
  bool Read(const v8::FunctionCallbackInfo<v8::Value>& info, int index);
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  // V8 keeps small arrays in its heap; giving them a buffer for a look would cost more than the copy.
  uint8_t small_[64];
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

// Where an op leaves numbers: a Uint32Array or Int32Array of at least `length` elements. Null: a TypeError is pending.
uint32_t* NumbersArgument(const v8::FunctionCallbackInfo<v8::Value>& info, int index, size_t length);

}  // namespace isolet
