// Where in a value the encoder is, kept as a chain of stack frames and turned into text only when something fails.
#pragma once

#include <string>

#include "v8/v8.h"

namespace isolet::value {

struct PathNode {
  enum class Kind : uint8_t {
    kIndex,      // [3]
    kProperty,   // .name or ["odd name"]
    kMapKey,     // .keys()[3]
    kMapValue,   // .get("name"), .get(#3) when the key is no primitive
    kSetMember,  // .values()[3]
    kNamed,      // .cause
  };

  const PathNode* parent;
  Kind kind;
  uint32_t index = 0;
  v8::Local<v8::Value> key = {};
  v8::Local<v8::Object> holder = {};  // kProperty: whose property
  const char* name = nullptr;
};

// Runs no JavaScript. Long keys and deep paths are cut.
std::string PathText(v8::Isolate* isolate, const char* root, const PathNode* leaf);

}  // namespace isolet::value
