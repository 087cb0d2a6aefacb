// Lengths and numbers of pages as guests give them: converted once, so that what is looked at is what V8 gets, and
// judged by V8 first. A refusal of ours never stands where one of V8's belongs. The holder of the isolate's lock.
#pragma once

#include <initializer_list>

#include "v8/v8.h"

namespace isolet {

// A number as ToIndex takes it, without judging its range. Nothing: an exception is pending.
v8::Maybe<double> ToInteger(v8::Local<v8::Context> context, v8::Local<v8::Value> value);

// An object as the number it stands for (`is_long`: as the BigInt, which is another conversion), a primitive as it is.
// Empty: an exception is pending.
v8::MaybeLocal<v8::Value> ReadNumber(v8::Local<v8::Context> context, v8::Local<v8::Value> value, bool is_long);

// `options` with the same properties, read once, `address` before the numbers. Empty: an exception is pending.
v8::MaybeLocal<v8::Object> ReadOnce(v8::Local<v8::Context> context, v8::Local<v8::Object> options,
                                    std::initializer_list<const char*> names);

// Of a primitive, a BigInt among them; NaN for what is none.
double NumberOf(v8::Local<v8::Context> context, v8::Local<v8::Value> value);
double NumberAt(v8::Local<v8::Context> context, v8::Local<v8::Object> options, const char* name);

// Whether a descriptor (as ReadOnce made it) is of a memory with 64-bit addresses.
bool IsLong(v8::Local<v8::Context> context, v8::Local<v8::Object> descriptor);
// Whether `memory` is one. Nothing grows.
bool IsLongMemory(v8::Local<v8::Context> context, v8::Local<v8::Function> grow, v8::Local<v8::Object> memory);

// Whether V8 refuses the descriptor of a memory (as ReadOnce made it). Nothing is made.
bool RefusesMemory(v8::Local<v8::Context> context, v8::Local<v8::Function> constructor,
                   v8::Local<v8::Object> descriptor);

// Whether V8 takes `pages` (a primitive) as a number of pages for `memory` to grow by. Nothing grows.
bool TakesPages(v8::Local<v8::Context> context, v8::Local<v8::Function> grow, v8::Local<v8::Object> memory,
                v8::Local<v8::Value> pages);

}  // namespace isolet
