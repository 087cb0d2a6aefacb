// Functions of the host inside the guest: each is a native function object of the guest's own realm that makes a host
// call. The same host function is the same guest function as long as the guest holds it; when the guest's last
// reference is collected the host is told. The thread that holds the isolate's lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "engine/host.h"
#include "engine/isolate_lock.h"
#include "engine/v8.h"
#include "value/message.h"

namespace isolet {

// Asks the host and waits for its answer, on whatever thread this is. Nothing if the guest was stopped meanwhile.
std::optional<HostReply> AskHost(Guest& guest, HostCall call);

class HostFunctions {
 public:
  explicit HostFunctions(Guest& guest) : guest_(guest) {}
  HostFunctions(const HostFunctions&) = delete;
  HostFunctions& operator=(const HostFunctions&) = delete;

  v8::MaybeLocal<v8::Function> Import(v8::Local<v8::Context> context, const value::Handle& handle);
  // The handle of a function that Import made; false if it is another function.
  bool Export(v8::Local<v8::Context> context, v8::Local<v8::Function> function, value::Handle* handle) const;
  // Whether Import made it.
  bool Knows(v8::Local<v8::Context> context, v8::Local<v8::Function> function) const {
    value::Handle handle;
    return Export(context, function, &handle);
  }
  // Before the isolate is disposed.
  void Clear() { entries_.clear(); }

  // What guest code calls.
  static void Invoke(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  struct Entry {
    v8::Global<v8::Function> function;
    HostFunctions* table = nullptr;
    uint64_t id = 0;
    uint64_t arrivals = 0;
  };

  static void OnCollected(const v8::WeakCallbackInfo<Entry>& info);

  Guest& guest_;
  // Counts one more call that the host works on; null if there are too many. With kAuto only those count long whose
  // functions return promises, apart from the others: honest guests may have many asynchronous calls open and log.
  std::unique_ptr<InFlight> Open(HostCallMode mode) const;

  // Of asynchronous calls: the guest goes on while they wait.
  const std::shared_ptr<std::atomic<size_t>> bytes_in_flight_ = std::make_shared<std::atomic<size_t>>(0);
  const std::shared_ptr<std::atomic<size_t>> open_async_ = std::make_shared<std::atomic<size_t>>(0);
  const std::shared_ptr<std::atomic<size_t>> open_auto_ = std::make_shared<std::atomic<size_t>>(0);
  // Entries have stable addresses: the weak callback refers to them.
  std::unordered_map<uint64_t, std::unique_ptr<Entry>> entries_;
};

}  // namespace isolet
