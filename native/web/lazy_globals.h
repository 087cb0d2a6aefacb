// Globals that are made when somebody first asks for them. Until then each is a property that V8 answers for by calling
// a function of the program (Web::Maker), and that looks like any data property: writable, configurable, enumerable or
// not. Then it is one. The thread that holds the isolate's lock.
#pragma once

#include "v8/v8.h"

namespace isolet {

// `makers`: an object of functions without parameters, by the names of the globals. False: an exception is pending.
bool DefineLazyGlobals(v8::Local<v8::Context> context, v8::Local<v8::Object> makers, bool enumerable);

// What V8 calls: an external reference of snapshots.
void GetLazyGlobal(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info);

}  // namespace isolet
