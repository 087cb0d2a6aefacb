// The web's APIs in a guest: one script (program.h) that is evaluated before any guest code, defines its names as lazy
// globals, and of which the engine keeps what it exports. Nothing else of it can be reached from guest code.
//
// The thread that holds the isolate's lock.
#pragma once

#include "v8/v8.h"
#include "web/clock.h"
#include "web/codec_streams.h"

namespace isolet {

class Parts;

class Web {
 public:
  explicit Web(double clock_resolution) : clock_(clock_resolution) {}
  Web(const Web&) = delete;
  Web& operator=(const Web&) = delete;

  // Evaluates the program and defines its names. False: an exception is pending.
  bool Load(v8::Local<v8::Context> context, Parts& parts);
  bool loaded() const { return !exports_.IsEmpty(); }
  // A function that the program has for the engine, by its name in `hooks` of lib/guest/web.ts. Empty: there is none,
  // or an exception is pending.
  v8::MaybeLocal<v8::Function> Hook(v8::Local<v8::Context> context, const char* name) const;

  // What makes a global of this name. Empty: an exception is pending.
  v8::MaybeLocal<v8::Function> Maker(v8::Local<v8::Context> context, v8::Local<v8::Name> name) const;

  const WebClock& clock() const { return clock_; }
  // The guest has somebody to serve: its time begins.
  void Begin() { clock_.Begin(); }
  CodecStreams& codecs() { return codecs_; }

  // Makes it part of the snapshot of its context, and finds it in a context that was restored from one. False: there is
  // none.
  void Store(v8::SnapshotCreator& creator, v8::Local<v8::Context> context) const;
  bool Restore(v8::Local<v8::Context> context, Parts& parts);
  // Before the isolate is disposed or stored.
  void Clear() {
    codecs_.Clear();
    exports_.Reset();
  }

 private:
  // False: an exception is pending.
  bool Keep(v8::Local<v8::Context> context, v8::Local<v8::Object> exports, Parts& parts);

  v8::Global<v8::Object> exports_;
  WebClock clock_;
  CodecStreams codecs_;
};

}  // namespace isolet
