// Things of a context that the codec needs untouched by the code that runs there.
#pragma once

#include "v8/v8.h"
#include "value/wire.h"

namespace isolet::value {

enum class Intrinsic : uint32_t {
  kObjectKeys,
  kObjectPrototype,
  kEvalError,
  kUriError,
  kAggregateError,
  kMatchAll,
  kErrorPrototype,
};
inline constexpr uint32_t kIntrinsics = 7;

// Undefined when the context was not prepared.
v8::Local<v8::Value> GetIntrinsic(v8::Local<v8::Context> context, Intrinsic intrinsic);

// Symbols that exist once per isolate and are known by their place in this list.
inline constexpr uint32_t kWellKnownSymbols = 14;
v8::Local<v8::Value> WellKnownSymbol(v8::Local<v8::Context> context, uint32_t index);

// By the name of a standard constructor; false if it is none.
bool StandardErrorType(v8::Isolate* isolate, v8::Local<v8::String> name, ErrorType* type);
const char* ErrorTypeName(ErrorType type);

}  // namespace isolet::value
