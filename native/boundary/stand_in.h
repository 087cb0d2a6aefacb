// What is shown of a guest's value that can't cross: a copy in which words stand for what can't, cut where it is large
// or deep. Inside a frame. No code of the guest runs, except getters that an Error has for its name, message and stack.
#pragma once

#include "v8/v8.h"

namespace isolet {

class Parts;

// Never empty. After a stop it is anything.
v8::Local<v8::Value> StandIn(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Value> value);

}  // namespace isolet
