// What a guest asks of its host, and how it reports. The engine calls it; the addon implements it.
//
// Every method may be called on any thread and must not block or run JavaScript, except CallHere.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "calls/guest_event.h"
#include "calls/host_call.h"
#include "calls/in_flight.h"
#include "calls/outcome.h"
#include "calls/reply_slot.h"

namespace isolet {

class Host {
 public:
  virtual ~Host() = default;

  // `in_flight`, if any, counts what the answer takes until the host has read it.
  virtual void CallSettled(uint64_t call_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) = 0;
  virtual void GuestPromiseSettled(uint64_t promise_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) = 0;
  virtual void PostHostCall(HostCall call) = 0;
  // What all these promises became.
  virtual void GuestPromisesFailed(std::vector<uint64_t> promise_ids, Stop stop) = 0;
  // Asks the host's garbage collector to look for what it holds of the guest's. `slot`, if any, is answered then; as a
  // throw if it will not so soon after the last time.
  virtual void PostCollection(std::shared_ptr<ReplySlot> slot) = 0;
  // The same on the host's own thread, now. False: not so soon.
  virtual bool CollectHere() = 0;
  // `count` arrivals of a host function are given back.
  virtual void ExportReleased(uint64_t function_id, uint64_t count) = 0;
  // The guest has taken in what SettleHostPromise brought (or ended).
  virtual void PromiseTaken() = 0;
  virtual void PostEvent(GuestEvent event) = 0;
  // The isolate is gone.
  virtual void IsolateGone() = 0;

  // A synchronous call runs on the host's own thread and calls a host function: on that thread, may run JavaScript.
  virtual HostReply CallHere(HostCall call) = 0;
  virtual bool OnHostThread() const = 0;
  // On the host's thread, in the middle of a guest that runs there: is the thread itself asked to end?
  virtual bool HostThreadEnding() = 0;

  // Gives back the host's functions and streams in what the guest will never have, or has read: on their way they
  // count as arrivals. The guest's own are not counted on their way home.
  void GiveBackOf(const value::Message& message);
};

}  // namespace isolet
