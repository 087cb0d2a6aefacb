// import.meta of the modules of a guest. The holder of the isolate's lock, inside a frame.
#pragma once

#include "v8/v8.h"

namespace isolet {

class ImportMeta {
 public:
  ImportMeta() = delete;

  // What V8 calls when a module asks for it first.
  static void OnMeta(v8::Local<v8::Context> context, v8::Local<v8::Module> module, v8::Local<v8::Object> meta);
  // import.meta.resolve, see external_references.cc.
  static void OnResolve(const v8::FunctionCallbackInfo<v8::Value>& info);
};

}  // namespace isolet
