// One runtime on the Node side: the guest, its owner in lib/, the promises that wait for it. The environment's thread.
//
// The environment's table holds it until the isolate is gone and the JavaScript handle collected. The owner is
// held weakly while no call is pending, so that a forgotten runtime can be collected.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "binding/environment/environment.h"
#include "binding/environment/napi.h"
#include "binding/host/crossing.h"
#include "binding/host/errors.h"
#include "binding/host/guest_handles.h"
#include "binding/host/guest_promises.h"
#include "calls/guest_port.h"

namespace isolet {

class RuntimeCore final : public HostedRuntime {
 public:
  RuntimeCore(Environment& environment, uint64_t serial, v8::Local<v8::Object> owner);
  ~RuntimeCore() override;
  RuntimeCore(const RuntimeCore&) = delete;
  RuntimeCore& operator=(const RuntimeCore&) = delete;

  // Null if there is none with that number any more.
  static std::shared_ptr<RuntimeCore> Find(const Environment& environment, uint64_t serial) {
    return std::static_pointer_cast<RuntimeCore>(environment.Find(serial));
  }

  void SetGuest(std::shared_ptr<GuestPort> guest) {
    guest_ = std::move(guest);
    crossing_.set_max_bytes(guest_->options().transfer.max_bytes);
  }

  const std::shared_ptr<GuestPort>& guest() const { return guest_; }
  HostCrossing& crossing() { return crossing_; }
  GuestHandles& handles() { return handles_; }
  GuestPromises& guest_promises() { return guest_promises_; }
  HostErrors& errors() { return errors_; }
  v8::Isolate* isolate() const { return environment().isolate(); }
  // Undefined if it has been collected.
  v8::Local<v8::Value> owner() const;

  // HostedRuntime
  void Close() override;
  void Terminate(const char* reason) override;
  bool guest_gone() const override;
  bool OnThisStack() const override;
  void KeepAwaited(v8::Isolate* isolate) override;
  void CollectIfWorth(size_t functions) override;
  void TellSettled(bool over) override;

  // While the guest is being made on another thread its owner must not be collected.
  void BeginCreation() { KeepOwner(); }
  void EndCreation() { DropOwner(); }

  // lib/ has a promise for a call that begins now.
  void ExpectCall();
  // Tells lib/, of a value with others: the reactions run at the end of the turn anyway. Once for each.
  void SettleCall(uint64_t id, Outcome outcome);
  // Before what the guest had asked of its host until it was stopped: host calls of that call are not wanted any more.
  void SettleCallEarly(uint64_t id, Stop stop);
  bool IsUnwanted(uint64_t call_id) const;
  void SettleGuestPromise(uint64_t id, Outcome outcome);
  // The next of those that fail (see GuestPromises).
  void FailGuestPromises();
  // Brings the guest what its promise became; the event loop stays alive until the guest has taken it or ends (the
  // thread of a lost guest never says).
  void SettleHostPromise(uint64_t id, HostReply reply);
  void HostPromiseTaken();

  void ReleaseExport(uint64_t id, uint64_t count);
  void Emit(GuestEvent event);
  // Tells of the console lines that the guest has written so far.
  void WriteConsole();
  // The JavaScript handle was collected: forget the runtime as soon as its isolate is gone.
  void HandleCollected();
  v8::MaybeLocal<v8::Promise> WhenGone();
  void IsolateGone();

  // The value of an outcome, or the error it stands for as a pending exception.
  v8::MaybeLocal<v8::Value> ValueOf(Outcome outcome);

 private:
  // False: there are none.
  bool WriteLine();
  void Tell(v8::MaybeLocal<v8::Value> record);

  // What a promise gets: its value or, into `error`, what went wrong. False: neither, the environment ends.
  bool ValueOrError(Outcome outcome, v8::Local<v8::Value>* value, v8::Local<v8::Value>* error);
  void KeepOwner();
  void DropOwner();
  // The isolate is gone, and so is everything that waited for it.
  void Finish();

  v8::Global<v8::Object> owner_;  // weak while nothing holds it, empty once it was collected
  int owner_holds_ = 0;
  std::shared_ptr<GuestPort> guest_;
  HostCrossing crossing_;
  HostErrors errors_;
  size_t calls_ = 0;  // that have no answer
  // Calls that have one, and lib/ was not told: ids and values. Handles of the turn: told before it ends.
  std::vector<v8::Local<v8::Value>> settled_;
  size_t answered_ = 0;  // calls of this turn
  GuestPromises guest_promises_;
  GuestHandles handles_;
  std::vector<v8::Global<v8::Promise::Resolver>> when_gone_;
  std::deque<uint64_t> answered_early_;  // the last of them
  size_t untaken_ = 0;                   // host promises on their way to the guest
  bool ended_ = false;                   // stopped for good: the guest takes nothing any more
  bool gone_ = false;
  bool collected_ = false;
};

}  // namespace isolet
