// A `let`, `const` or `class` at the top level of a script stands before a property of the global object with the same
// name: code that names it never sees the property. The holder of the isolate's lock, inside a frame.
#pragma once

#include "v8/v8.h"

namespace isolet {

// Whether such a declaration hides the own property `name` of the global object, which has to be there. Runs no code of
// the guest. Nothing: the isolate is out of memory or terminating.
v8::Maybe<bool> IsHidden(v8::Local<v8::Context> context, v8::Local<v8::String> name);

}  // namespace isolet
