// Rejected guest promises that nobody handles. They are noted when V8 tells, forgotten when a handler comes in the same
// turn, and reported to the host when the turn ends. The thread that holds the isolate's lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "calls/outcome.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

class Rejections {
 public:
  Rejections() = default;
  Rejections(const Rejections&) = delete;
  Rejections& operator=(const Rejections&) = delete;

  void Install(v8::Isolate* isolate);
  // The host takes care of `promise` itself.
  void Forget(v8::Isolate* isolate, v8::Local<v8::Promise> promise);
  // Guest code threw where no other code waits for it (a timer, a microtask): it counts as a rejection nobody handles.
  static void Uncaught(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown);
  bool empty() const { return noted_.empty(); }
  // Reports what is still unhandled. Inside a frame: reading an error runs guest code.
  void Report(const IsolateLock& lock);
  // Sends an event about work of that call (0 = unknown), unless the host has too many it did not read yet.
  void Send(Parts& parts, uint64_t call_id, Outcome error);
  // The host has read an event (any thread): room for another.
  void EventRead(size_t bytes);
  void Clear() { noted_.clear(); }

 private:
  static void OnReject(v8::PromiseRejectMessage message);

  // A guest that rejects without end must not grow this list without end.
  static constexpr size_t kMaxNoted = 256;
  // What the host may have unread; more is dropped.
  static constexpr uint32_t kMaxEvents = 256;
  static constexpr size_t kMaxBytes = 1024 * 1024;

  bool Admit(size_t bytes);

  struct Noted {
    v8::Global<v8::Promise> promise;
    uint64_t call_id = 0;  // in which it was rejected
  };
  std::vector<Noted> noted_;
  std::atomic<uint32_t> events_{0};
  std::atomic<size_t> bytes_{0};
};

}  // namespace isolet
