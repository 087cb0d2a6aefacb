// import() in guest code: from V8's question until the module is evaluated. The holder of the isolate's lock, inside a
// frame.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "calls/ties.h"
#include "modules/entry.h"
#include "v8/v8.h"

namespace isolet {

class Modules;
class Parts;

class DynamicImports {
 public:
  DynamicImports(Parts& parts, Modules& modules) : parts_(parts), modules_(modules) {}
  DynamicImports(const DynamicImports&) = delete;
  DynamicImports& operator=(const DynamicImports&) = delete;

  // What V8 calls for an import().
  static v8::MaybeLocal<v8::Promise> OnImport(v8::Local<v8::Context> context, v8::Local<v8::Data> options,
                                              v8::Local<v8::Value> resource_name, v8::Local<v8::String> specifier,
                                              v8::Local<v8::FixedArray> attributes);
  // Forgets those that wait; their promises never settle.
  void Clear() { imports_.clear(); }

  // Native reaction, see external_references.cc.
  static void OnReady(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  // One whose graph is loaded, or is there and waits for its turn to run.
  struct Import {
    v8::Global<v8::Promise::Resolver> resolver;
    std::shared_ptr<ModuleEntry> entry;
    uint64_t call_id = 0;
    CallTie tie;
  };

  void Start(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver,
             const std::shared_ptr<ModuleRequest>& request);
  void Run(v8::Local<v8::Context> context, uint64_t id);

  Parts& parts_;
  Modules& modules_;
  std::unordered_map<uint64_t, Import> imports_;
  uint64_t next_ = 1;
};

}  // namespace isolet
