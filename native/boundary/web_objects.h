// Objects of the web's interfaces (value/made.h) of one guest. The program of the web's APIs says what one is made of,
// and makes them: it knows its own by private fields of their classes, whatever a guest has done to their prototypes.
//
// The thread that holds the isolate's lock, inside a frame.
#pragma once

#include <span>

#include "v8/v8.h"
#include "value/codec.h"

namespace isolet {

class WebObjects {
 public:
  WebObjects() = default;
  WebObjects(const WebObjects&) = delete;
  WebObjects& operator=(const WebObjects&) = delete;

  // Functions of the program: an object to what ReadExported takes; a kind and an array of parts to an object.
  void Take(v8::Isolate* isolate, v8::Local<v8::Function> export_object, v8::Local<v8::Function> import_object);
  value::Exporter::Answer Export(v8::Local<v8::Context> context, v8::Local<v8::Object> object) const;
  // Empty: an exception is pending.
  v8::MaybeLocal<v8::Value> Import(v8::Local<v8::Context> context, value::MadeKind kind,
                                   std::span<v8::Local<v8::Value>> parts) const;
  // Before the isolate is disposed or stored.
  void Clear();

 private:
  v8::Global<v8::Function> export_;
  v8::Global<v8::Function> import_;
};

// What says how an object crosses, as lib/ and the guest's program answer it: undefined, a text why it can't, or an
// array of a kind and its parts.
value::Exporter::Answer ReadExported(v8::Local<v8::Context> context, v8::Local<v8::Value> answer);

}  // namespace isolet
