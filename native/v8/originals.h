// What is built into a context, looked at and replaced without running guest code. In a context that was restored from
// a snapshot any of it may be a getter, a Proxy or a function of the guest's, and none of that is under a limit yet.
//
// A function of ours that stands for one of V8's finds it in its context (Original). Not in its own data: V8 stores
// that with the isolate and not with the context, and what it refers to would be in a snapshot twice.
//
// The holder of the isolate's lock.
#pragma once

#include "v8/v8.h"

namespace isolet {

// What V8 has where ours is. Kept in the embedder data of the context, which goes into snapshots and which no guest
// code reaches. Append only: the numbers are part of every snapshot.
enum class Original : uint8_t {
  kReflectConstruct,
  kSpecies,  // Symbol.species
  kArrayBuffer,
  kResize,
  kSharedArrayBuffer,
  kGrow,
  kMemory,
  kGrowMemory,
  kCompile,
  kInstantiate,
  kSegment,
  kIterateSegments,
  kModule,
  kValidate,
  kTag,
  kInstance,
  kInstanceExports,  // the getter
  kWaitAsync,
};

// Undefined before it was kept.
v8::Local<v8::Value> GetOriginal(v8::Local<v8::Context> context, Original original);
void KeepOriginal(v8::Local<v8::Context> context, Original original, v8::Local<v8::Value> value);

// The value of an own data property; undefined if there is none, if a getter stands there or `holder` is no ordinary
// object. Empty: the isolate is out of memory or terminating.
v8::MaybeLocal<v8::Value> OwnValue(v8::Local<v8::Context> context, v8::Local<v8::Value> holder,
                                   v8::Local<v8::Name> key);
v8::MaybeLocal<v8::Value> OwnValue(v8::Local<v8::Context> context, v8::Local<v8::Value> holder, const char* name);

// Replaces the function at `key`, if there is one, by a native one and keeps it as `original`; name and attributes
// stay. Once per context: with the original kept it does nothing. False: as an empty OwnValue.
bool ReplaceFunction(v8::Local<v8::Context> context, v8::Local<v8::Value> holder, v8::Local<v8::Name> key, int length,
                     v8::FunctionCallback callback, Original original);

// Likewise a constructor: ours has V8's prototype, which names it as its constructor. Undefined: there was none, or it
// has been replaced before; empty: as an empty OwnValue.
v8::MaybeLocal<v8::Value> ReplaceConstructor(v8::Local<v8::Context> context, v8::Local<v8::Value> holder,
                                             const char* name, v8::FunctionCallback callback, Original original);

}  // namespace isolet
