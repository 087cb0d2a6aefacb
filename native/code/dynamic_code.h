// What a guest may compile from strings of its own: `eval`, `new Function` and their kind. V8's parser takes up to a
// hundred times a text outside the heap, where nobody counts it, so the guest's limit bounds the text.
//
// The holder of the isolate's lock.
#pragma once

#include <cstddef>

#include "v8/v8.h"

namespace isolet {

struct GuestOptions;

class DynamicCode {
 public:
  DynamicCode() = delete;

  // In UTF-16 units.
  static size_t LongestText(size_t max_heap_size);
  // In every context before its guest code runs. False: an exception is pending.
  static bool Install(v8::Local<v8::Context> context, const GuestOptions& options);
};

}  // namespace isolet
