// Promises that cross. A host promise is settled in the guest when the host says so; a guest promise tells the host
// when it settles. The thread that holds the isolate's lock, except active().
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include "calls/call.h"
#include "calls/host_call.h"
#include "calls/reply_slot.h"
#include "calls/ties.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

class Promises {
 public:
  explicit Promises(Parts& parts) : parts_(parts) {}
  Promises(const Promises&) = delete;
  Promises& operator=(const Promises&) = delete;

  // A guest promise that the host settles. `call_id` is the call that asked for it.
  v8::MaybeLocal<v8::Promise> ImportHostPromise(v8::Local<v8::Context> context, uint64_t id, uint64_t call_id);
  // An id that no host promise has, for an asynchronous host call.
  uint64_t NextCallPromiseId() { return next_call_promise_++; }
  void SettleHostPromise(const IsolateLock& lock, uint64_t id, HostReply reply);
  // The call a pending host promise belongs to, 0 = none or not pending.
  uint64_t CallOf(uint64_t id) const;

  // The host will be told when `promise` settles (Host::GuestPromiseSettled). A failure: the host holds too much, or an
  // exception is pending.
  std::variant<uint64_t, value::Failure> ExportGuestPromise(v8::Local<v8::Context> context,
                                                            v8::Local<v8::Promise> promise);
  // Nobody in the host waits for it.
  void Forget(uint64_t id);

  // A stop threw away what guest promises that the host holds may have waited for: they fail, as calls do.
  void FailExported();

  // When `promise` settles, the asynchronous call `call_id` gets its answer. False: an exception is pending.
  bool AnswerWhenSettled(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise, uint64_t call_id);

  // Forgets the host promises of a call that was answered: they stay pending and are collected.
  void Abandon(uint64_t call_id);
  // Before the isolate is disposed.
  void Clear();

  // Host promises that are pending; any thread.
  size_t active() const { return active_.load(std::memory_order_relaxed); }

  // Native reactions; `info.Data()` names the promise or the call.
  static void OnGuestFulfilled(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void OnGuestRejected(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void OnCallFulfilled(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void OnCallRejected(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  struct Pending {
    v8::Global<v8::Promise::Resolver> resolver;
    uint64_t call_id = 0;
    CallTie tie;
  };

  // `outcome` goes to the host, unless the guest is stopped.
  static void GiveExported(Parts& parts, uint64_t id, Outcome outcome);
  // What an exported promise became is known; false if the host does not want it any more.
  bool TakeExported(uint64_t id);
  bool React(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise, uint64_t id,
             v8::FunctionCallback fulfilled, v8::FunctionCallback rejected);

  Parts& parts_;
  std::unordered_map<uint64_t, Pending> pending_;
  uint64_t next_call_promise_ = kFirstCallPromise;
  std::unordered_set<uint64_t> exported_;  // guest promises that have not settled and that the host holds
  uint64_t next_guest_promise_ = 1;
  std::atomic<size_t> active_{0};
};

}  // namespace isolet
