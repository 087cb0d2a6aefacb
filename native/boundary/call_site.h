// Where the guest called the host: an error of the host gets the guest's lines in its `stack`, also when it comes long
// after the call. V8 takes down where it is and makes lines of that only when somebody asks. Inside a frame.
#pragma once

#include "v8/v8.h"

namespace isolet {

class Parts;

// `promise` is what the call that is being made returns.
void NoteCallSite(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise);

// `error` is why the host's answer failed: of the call whose promise this is, or without one of the call that is being
// made.
void GiveCallSite(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Value> error,
                  v8::Local<v8::Promise> promise = {});

// Empty if `error` was given none.
v8::Local<v8::StackTrace> CallSiteOf(v8::Local<v8::Context> context, v8::Local<v8::Object> error);

}  // namespace isolet
