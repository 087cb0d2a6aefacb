// Native reactions to the promises of modules and imports. The holder of the isolate's lock.
#pragma once

#include "v8/v8.h"

namespace isolet {

inline v8::MaybeLocal<v8::Function> NewReaction(v8::Local<v8::Context> context, v8::FunctionCallback callback,
                                                v8::Local<v8::Value> data) {
  return v8::Function::New(context, callback, data, 1, v8::ConstructorBehavior::kThrow);
}

// Settling runs no guest code except a `then` of the guest's; a failure means that the isolate is terminating.
inline void Reject(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver,
                   v8::Local<v8::Value> error) {
  if (resolver->Reject(context, error).IsNothing()) return;
}

}  // namespace isolet
