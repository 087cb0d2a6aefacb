// Where guest code is, as the lines that an Error of the language has in its `stack`. The thread that holds the
// isolate's lock.
#pragma once

#include <string>

#include "v8/v8.h"

namespace isolet {

// "    at f (file.js:1:2)" for each frame of the guest that runs, innermost first, joined by newlines.
std::string CurrentStackText(v8::Isolate* isolate, int frames);
std::string StackText(v8::Isolate* isolate, v8::Local<v8::StackTrace> trace);

}  // namespace isolet
