// The names on a guest's globalThis beyond those V8 brings: queueMicrotask, structuredClone and, if the runtime has
// them, timers. docs/guest-environment.md lists all. Each is a native function that uses nothing the guest could have
// replaced. The thread that holds the isolate's lock.
#pragma once

#include "v8/v8.h"

namespace isolet {

struct GuestOptions;

// Before any guest code runs. False: an exception is pending.
bool InstallGlobals(v8::Local<v8::Context> context, const GuestOptions& options);

// Defines a global function the way Web IDL does: writable, enumerable, configurable, not a constructor. False:
// an exception is pending.
bool DefineGlobalFunction(v8::Local<v8::Context> context, const char* name, int length, v8::FunctionCallback callback);

// What guest code calls.
void QueueMicrotask(const v8::FunctionCallbackInfo<v8::Value>& info);
// What the microtask queue calls.
void RunQueuedMicrotask(const v8::FunctionCallbackInfo<v8::Value>& info);

// Throws "The argument … must be a function", as a TypeError of the guest's.
void ThrowNoFunction(v8::Isolate* isolate, const char* function);

}  // namespace isolet
