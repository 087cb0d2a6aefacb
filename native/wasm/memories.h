// Whether there is room for the WebAssembly memories of a guest, asked before an instance is made. Where V8 does not
// count them itself (kCountsWasmMemory) each counts with the size it has, as long as it lives; one that a module
// defines and does not export can't be seen from here, and counts with the most it may grow to, which
// wasm/ceilings.h bounds.
//
// The holder of the isolate's lock; `bytes` also in a garbage collection. Lifetime: Clear before the isolate goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "memory_use/charged_objects.h"
#include "memory_use/outside_heap.h"
#include "v8/v8.h"
#include "wasm/facts.h"

namespace isolet {

class Parts;

class WasmMemories final : public OutsideHeap {
 public:
  explicit WasmMemories(Parts& parts) : parts_(parts) {}
  WasmMemories(const WasmMemories&) = delete;
  WasmMemories& operator=(const WasmMemories&) = delete;

  // What instances of a module need, as a value that Admit and Keep take. Empty: the isolate is out of memory.
  static v8::MaybeLocal<v8::Value> NeedsOf(v8::Local<v8::Context> context, const WasmFacts& facts);
  // `module` has these needs.
  static v8::Maybe<bool> Note(v8::Local<v8::Context> context, v8::Local<v8::Object> module, v8::Local<v8::Value> needs);

  // Instances with these needs are about to be made. False: there is no room, and a RangeError is pending.
  bool AdmitNeeds(v8::Local<v8::Context> context, v8::Local<v8::Value> needs);
  // Likewise an instance of `module`.
  bool Admit(v8::Local<v8::Context> context, v8::Local<v8::Object> module);
  // It was made. False: an exception is pending.
  bool Keep(v8::Local<v8::Context> context, v8::Local<v8::Object> instance, v8::Local<v8::Object> module);
  // A memory that was made or has grown.
  void Count(v8::Local<v8::Context> context, v8::Local<v8::Value> memory);

  // Looks at all: code of WebAssembly grows its memory without telling anybody.
  void Refresh(v8::Isolate* isolate) override;
  // As far as is known.
  size_t bytes() const override { return bytes_; }
  void Clear();

  bool admitted = false;  // the instance that V8 is about to make

 private:
  struct Entry {
    v8::Global<v8::Object> memory;
    WasmMemories* owner;
    uint32_t id;
    size_t bytes;
  };

  static void OnCollected(const v8::WeakCallbackInfo<Entry>& info);
  void Update(Entry& entry, v8::Local<v8::Object> memory);

  Parts& parts_;
  std::unordered_map<uint32_t, Entry> entries_;
  uint32_t last_id_ = 0;
  size_t bytes_ = 0;
  ChargedObjects unseen_;  // instances with memories that can't be seen
};

}  // namespace isolet
