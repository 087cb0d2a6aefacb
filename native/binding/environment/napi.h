// The single include site for Node-API, and the bridge between its values and V8's: inside one Node version a
// napi_value is a V8 handle (the addon is built per Node major, see docs/architecture.md). The Node thread.
#pragma once

#include <napi.h>

#include <cstring>

#include "v8/v8.h"

namespace isolet {

inline v8::Local<v8::Value> ToV8(napi_value value) {
  v8::Local<v8::Value> local;
  static_assert(sizeof(local) == sizeof(value));
  std::memcpy(static_cast<void*>(&local), &value, sizeof(value));
  return local;
}

inline napi_value ToNapi(v8::Local<v8::Value> local) {
  napi_value value;
  std::memcpy(&value, &local, sizeof(value));
  return value;
}

}  // namespace isolet
