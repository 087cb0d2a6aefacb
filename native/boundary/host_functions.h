// Functions of the host inside the guest: each is a native function object of the guest's own realm that makes a host
// call. The same host function is the same guest function as long as the guest holds it; when the guest's last
// reference is collected the host is told. The thread that holds the isolate's lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "calls/host_call.h"
#include "calls/in_flight.h"
#include "calls/reply_slot.h"
#include "isolate/lock.h"
#include "memory_use/collection_pace.h"
#include "v8/v8.h"
#include "value/codec.h"

namespace isolet {

// Asks the host and waits for its answer, on whatever thread this is. Nothing if the guest was stopped meanwhile.
std::optional<HostReply> AskHost(Parts& parts, HostCall call);

class HostFunctions {
 public:
  explicit HostFunctions(Parts& parts) : parts_(parts) {}
  HostFunctions(const HostFunctions&) = delete;
  HostFunctions& operator=(const HostFunctions&) = delete;

  v8::MaybeLocal<v8::Function> Import(v8::Local<v8::Context> context, const value::Handle& handle);
  // The handle of a function that Import made, or why it has none any more; nothing if it is another function.
  std::optional<value::Exporter::Answer> Export(v8::Local<v8::Context> context, v8::Local<v8::Function> function) const;
  // Whether Import made it.
  bool Knows(v8::Local<v8::Context> context, v8::Local<v8::Function> function) const {
    return Export(context, function).has_value();
  }
  // Before the isolate is disposed.
  void Clear();

  // New ones since the guest last looked for what it has dropped. Any thread.
  size_t arrived() const { return arrived_.load(std::memory_order_relaxed); }
  // The host wants it to look. Any thread; true: there has to be a turn that calls CollectDropped.
  bool RequestCollection() { return !requested_.exchange(true); }
  void CollectDropped(const IsolateLock& lock);

  // Makes a call of the host's function `id`: the answer, or a promise of it. Empty: an exception is pending, or the
  // guest was stopped.
  v8::MaybeLocal<v8::Value> Call(v8::Local<v8::Context> context, uint64_t id, HostCallMode mode,
                                 v8::Local<v8::Value>* arguments, size_t count);

  // What guest code calls.
  static void Invoke(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  struct Entry {
    v8::Global<v8::Function> function;
    HostFunctions* table = nullptr;
    uint64_t id = 0;
    uint64_t arrivals = 0;
  };

  // Calls that the host works on, and the bytes of their arguments.
  struct OpenCalls {
    const std::shared_ptr<std::atomic<size_t>> calls = std::make_shared<std::atomic<size_t>>(0);
    const std::shared_ptr<std::atomic<size_t>> bytes = std::make_shared<std::atomic<size_t>>(0);
  };

  static void OnCollected(const v8::WeakCallbackInfo<Entry>& info);
  // What the guest calls to let the host's function go: `release()` of each, and Symbol.dispose where there is one.
  static void Release(const v8::FunctionCallbackInfo<v8::Value>& info);
  // What all of them inherit from.
  v8::MaybeLocal<v8::Object> Prototype(v8::Local<v8::Context> context);

  // Counts one more call that the host works on; null, and a RangeError is pending, if there are too many. With kAuto
  // only those count long whose functions return promises, apart from the others: honest guests may have many
  // asynchronous calls open and log.
  std::unique_ptr<OpenCall> Open(HostCallMode mode, size_t bytes) const;

  Parts& parts_;
  const OpenCalls async_;
  const OpenCalls auto_;
  std::atomic<size_t> arrived_{0};
  std::atomic<bool> requested_{false};
  CollectionPace pace_;
  v8::Global<v8::Object> prototype_;
  // Entries have stable addresses: the weak callback refers to them.
  std::unordered_map<uint64_t, std::unique_ptr<Entry>> entries_;
};

}  // namespace isolet
