// The single include site for V8. Every difference between the supported V8 versions (Node 20: 11.3, Node 22: 12.4,
// Node 24: 13.6, Node 26: 14.6) is a function in this header, so that no other file asks for a version.
//
// Any thread may include it; the functions need the isolate's lock like the V8 calls they stand for.
#pragma once

#include <v8.h>

#define ISOLET_V8_AT_LEAST(major, minor) \
  (V8_MAJOR_VERSION > (major) || (V8_MAJOR_VERSION == (major) && V8_MINOR_VERSION >= (minor)))
