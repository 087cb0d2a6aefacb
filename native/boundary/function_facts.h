// What a function says of itself, read without running code: a getter in place of it says nothing. The holder of the
// isolate's lock.
#pragma once

#include "v8/v8.h"
#include "value/message.h"

namespace isolet {

// Name and length. False: the isolate is out of memory or terminating.
bool ReadFacts(v8::Local<v8::Context> context, v8::Local<v8::Function> function, value::Handle* handle);

// A native function with the name and the length of `handle`.
v8::MaybeLocal<v8::Function> MakeFunction(v8::Local<v8::Context> context, v8::FunctionCallback callback,
                                          v8::Local<v8::Value> data, const value::Handle& handle);

}  // namespace isolet
