// What one guest may have of WebAssembly: modules whose types and functions V8 can take, and the memory that holds
// their binaries, which V8 neither takes from an allocator nor counts.
//
// The holder of the isolate's lock. Lifetime: Clear before the isolate goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "memory_use/charged_objects.h"
#include "v8/v8.h"
#include "wasm/facts.h"

namespace isolet {

class Parts;

class WasmBudget {
 public:
  explicit WasmBudget(Parts& parts) : parts_(parts) {}
  WasmBudget(const WasmBudget&) = delete;
  WasmBudget& operator=(const WasmBudget&) = delete;

  // Before V8 gets a module.
  struct Look {
    v8::Local<v8::Value> refusal;        // a CompileError; empty: it is not refused
    std::optional<std::string> lowered;  // what V8 gets instead (wasm/ceilings.h)
    v8::Local<v8::Value> needs;          // for Made; empty: nothing is limited
  };
  // Nothing: an exception is pending.
  v8::Maybe<bool> LookAt(v8::Local<v8::Context> context, const uint8_t* bytes, size_t length, Look* look);
  // A tag is a type: `binary` names its parameters.
  v8::MaybeLocal<v8::Value> RefusalOfTag(v8::Isolate* isolate, std::string_view binary);

  // For a module of so many bytes that is about to be made. False: an exception is pending.
  bool Charge(v8::Isolate* isolate, size_t length);
  // It was made, or was not.
  void Made(v8::Local<v8::Context> context, v8::Local<v8::Object> module, size_t length, v8::Local<v8::Value> needs);
  void NotMade(size_t length);
  // V8 is compiling a module, and will have something for the guest.
  bool compiling() const { return pending_modules_ > 0; }
  void Clear();

  bool making = false;  // V8 is making a module that has been looked at

 private:
  v8::MaybeLocal<v8::Value> Refusal(v8::Isolate* isolate, const WasmFacts& facts);

  Parts& parts_;
  size_t types_ = 0;    // brought into the process
  size_t pending_ = 0;  // charged bytes of modules that are being made
  size_t pending_modules_ = 0;
  ChargedObjects modules_;
};

}  // namespace isolet
