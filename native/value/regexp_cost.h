// What compiling a regular expression takes. The receiver does it again, outside every limit: it is bounded here.
#pragma once

#include "v8/v8.h"

namespace isolet::value {

// In characters of an ordinary source.
inline constexpr uint64_t kMaxRegExpCost = 64 * 1024;
uint64_t RegExpCost(v8::Isolate* isolate, v8::Local<v8::String> source, int flags);

}  // namespace isolet::value
