// ArrayBuffer, SharedArrayBuffer and WebAssembly.Memory of a guest: native functions stand in the place of V8's
// constructors, of `resize` and of `grow`, and look first whether there is room (memory_use/reservations.h). A
// WebAssembly module can't declare such a memory inside itself (wasm/guard.h).
//
// The holder of the isolate's lock.
#pragma once

#include <cstddef>
#include <cstdint>

#include "v8/originals.h"
#include "v8/v8.h"

namespace isolet {

class BufferConstructors {
 public:
  enum class Kind : uint8_t { kArrayBuffer, kSharedArrayBuffer, kMemory };

  // Once, before guest code runs, apart from that of a snapshot. False: an exception is pending.
  static bool Install(v8::Local<v8::Context> context);
  // As the guest's own `new ArrayBuffer(length, { maxByteLength })`. Empty: an exception is pending.
  static v8::MaybeLocal<v8::ArrayBuffer> MakeResizable(v8::Local<v8::Context> context, size_t length,
                                                       size_t max_length);

  // What the guest calls.
  template <Kind kind>
  static void Construct(const v8::FunctionCallbackInfo<v8::Value>& info);
  template <Kind kind>
  static void Grow(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void Species(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  // Our functions for one kind of buffer, and where V8's are kept.
  struct Stand {
    Original constructor;
    v8::FunctionCallback construct;
    Original grower;
    v8::FunctionCallback grow;
    const char* grow_name;
  };
  static const Stand& StandFor(Kind kind);

  static bool Replace(v8::Local<v8::Context> context, v8::Local<v8::Value> holder, const char* name, Kind kind);
};

extern template void BufferConstructors::Construct<BufferConstructors::Kind::kArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferConstructors::Construct<BufferConstructors::Kind::kSharedArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferConstructors::Construct<BufferConstructors::Kind::kMemory>(
    const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferConstructors::Grow<BufferConstructors::Kind::kArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferConstructors::Grow<BufferConstructors::Kind::kSharedArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferConstructors::Grow<BufferConstructors::Kind::kMemory>(
    const v8::FunctionCallbackInfo<v8::Value>&);

}  // namespace isolet
