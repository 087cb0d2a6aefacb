// Strings between V8 and C++, where they are UTF-8 in which a lone surrogate is the three bytes that its number would
// have (WTF-8): what goes through C++ comes out the same. The caller holds the isolate's lock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "v8/v8.h"

namespace isolet {

// At most `max_characters` UTF-16 units; then an ellipsis follows.
std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::String> string, size_t max_characters);
// Like ToUtf8 for any value, without running guest code: a short description of what it is.
std::string Describe(v8::Isolate* isolate, v8::Local<v8::Value> value, size_t max_characters);

// One code point, or a lone surrogate.
void AppendUtf8(std::string* out, uint32_t point);

// Empty if the text is longer than a V8 string may be.
v8::MaybeLocal<v8::String> FromUtf8(v8::Isolate* isolate, std::string_view text);
// For names that are known to be short ASCII.
v8::Local<v8::String> Name(v8::Isolate* isolate, const char* ascii);

}  // namespace isolet
