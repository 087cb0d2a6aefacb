// Rejected guest promises that nobody handles, and what guest code threw where no other code waits for it. They are
// noted when it happens, forgotten when a handler comes in the same turn, and reported to the host when the turn ends.
// The thread that holds the isolate's lock.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "calls/allowance.h"
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
  // The host takes care of `promise` itself. False: it was not noted.
  bool Forget(v8::Isolate* isolate, v8::Local<v8::Promise> promise);
  // Guest code threw where no other code waits for it (a timer, a microtask): the host gets an event as for a
  // rejection.
  static void Uncaught(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown);
  // The same, but the guest's own listeners hear of it first, where it has any.
  static void Thrown(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown);
  bool empty() const { return noted_.empty() && handled_.empty(); }
  // Reports what is still unhandled, unless a listener of the guest takes care of it. Inside a frame: it runs guest
  // code. True: listeners have run, and may have left microtasks and further ones behind.
  bool Report(const IsolateLock& lock);
  // Functions of the guest that tell its listeners, and answer whether one has taken care of it: of an exception, of a
  // promise and its reason, of such a promise that got a handler late.
  using Listeners = std::array<v8::Local<v8::Function>, 3>;
  void TellFirst(v8::Isolate* isolate, const Listeners& listeners);
  // From now on the guest is told when a promise that was reported gets a handler.
  void WatchHandled() { watches_handled_ = true; }
  // Sends an event about work of that call (0 = unknown), unless the host has too many it did not read yet.
  void Send(Parts& parts, uint64_t call_id, Outcome error);
  // The host has read an event (any thread): room for another.
  void EventRead(size_t bytes) { unread_.GiveBack(bytes); }
  void Clear();

 private:
  struct Noted {
    v8::Global<v8::Promise> promise;  // empty: `thrown` was thrown
    v8::Global<v8::Value> thrown;
    uint64_t call_id = 0;  // in which it happened
  };

  enum Event { kException, kRejection, kHandled };

  static void OnReject(v8::PromiseRejectMessage message);
  // True: a listener has taken care of it.
  bool Tell(Parts& parts, v8::Local<v8::Context> context, Event event,
            std::initializer_list<v8::Local<v8::Value>> values);
  void Note(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise, v8::Local<v8::Value> thrown);

  // A guest that rejects without end must not grow this list without end.
  static constexpr size_t kMaxNoted = 256;
  // What the host may have unread; more is dropped.
  static constexpr size_t kMaxEvents = 256;
  static constexpr size_t kMaxBytes = 1024 * 1024;

  std::vector<Noted> noted_;
  // Got a handler after they had been reported.
  std::vector<v8::Global<v8::Promise>> handled_;
  bool watches_handled_ = false;
  std::array<v8::Global<v8::Function>, 3> listeners_;
  Allowance unread_{kMaxEvents, kMaxBytes};
};

}  // namespace isolet
