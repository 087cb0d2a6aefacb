// What is kept of the objects in the messages of one context, to write and to make others like them quickly. The holder
// of the isolate's lock.
#pragma once

#include "value/kept_keys.h"
#include "value/shape_functions.h"

namespace isolet::value {

struct KeptShapes {
  // Room for so many of each; a power of two.
  explicit KeptShapes(size_t room) : keys(room), functions(room) {}

  // The context is going away.
  void Clear() {
    keys.Clear();
    functions.Clear();
  }

  KeptKeys keys;
  ShapeFunctions functions;
};

}  // namespace isolet::value
