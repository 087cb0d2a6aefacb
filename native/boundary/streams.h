// The guest's streams: the standard's classes, written in JavaScript (lib/guest/streams.ts) and evaluated before any
// guest code, so that nothing the guest overwrites later changes how they work. A snapshot brings them along if it was
// built with them; otherwise a guest that starts from it makes them after the code of that, in a call with its limits.
// A stream crosses as a function that reads a chunk or cancels: the guest's are exported as guest functions, the host's
// arrive as host functions.
//
// A stream is known by its prototype chain, which is compared with the prototypes kept here and runs no guest code.
// The thread that holds the isolate's lock.
#pragma once

#include <array>
#include <string>

#include "v8/v8.h"
#include "value/codec.h"

namespace isolet {

class Parts;

class Streams {
 public:
  Streams() = default;
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  // Defines the classes as globals. False: an exception is pending.
  bool Load(v8::Local<v8::Context> context, const std::string& source);
  // Takes what somebody else made: three prototypes (readable, writable, transform), then what exports a stream and
  // what imports one. The program of the web's APIs has streams when the guest first asks for them; until then there is
  // none that could be exported, and one of the host is imported by `import`, which makes them.
  void Adopt(v8::Isolate* isolate, const std::array<v8::Local<v8::Object>, 5>& parts);
  void ImportLate(v8::Isolate* isolate, v8::Local<v8::Function> import) { late_import_.Reset(isolate, import); }
  bool loaded() const { return !import_.IsEmpty(); }

  // The handle of a ReadableStream; a failure for the other streams; nothing for other objects.
  value::Exporter::Answer Export(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Object> object) const;
  // A ReadableStream that reads from `source`, a function of the host.
  v8::MaybeLocal<v8::Value> Import(v8::Local<v8::Context> context, v8::Local<v8::Function> source) const;
  // Makes them part of the snapshot of their context, and finds them in a context that was restored from it. False: it
  // has none.
  void Store(v8::SnapshotCreator& creator, v8::Local<v8::Context> context) const;
  bool Restore(v8::Local<v8::Context> context);
  // Before the isolate is disposed.
  void Clear();

 private:
  v8::Global<v8::Object> readable_;
  v8::Global<v8::Object> writable_;
  v8::Global<v8::Object> transform_;
  v8::Global<v8::Object> export_;
  v8::Global<v8::Object> import_;
  v8::Global<v8::Function> late_import_;
};

}  // namespace isolet
