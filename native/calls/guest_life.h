// What a part asks of its guest as a whole, where only the guest knows all that has to be done. Nothing here is on the
// way of a call that ends by itself.
#pragma once

#include <cstdint>
#include <string>

#include "calls/outcome.h"
#include "v8/v8.h"

namespace isolet {

class GuestLife {
 public:
  // Any thread.
  virtual void Terminate(std::string reason) = 0;
  // There is a final stop: answers everybody and ends the guest.
  virtual void Stopped() = 0;
  // A call was answered before it ended: a turn for dropping what it has set in the guest.
  virtual void PostAbandon(uint64_t call_id) = 0;
  // A turn for microtasks that are queued.
  virtual void PostCheckpoint() = 0;
  // A turn for the oldest task of the foreground runner.
  virtual void PostForegroundTask() = 0;

  // The thread that holds the isolate's lock.

  // A limit ended work of this call (0 = unknown), and nobody is there to hear of it. What else the call has set is not
  // given another chance: a function that sets itself again and then loops would burn a processor for ever.
  virtual void UnattendedStopped(uint64_t call_id, Outcome why) = 0;
  // After an entry for no call that used so many nanoseconds: charges them to the calls that may have caused it.
  virtual void ChargeUnattended(int64_t used) = 0;
  // A stop threw queued microtasks away: modules that wait for them will not go on.
  virtual void MicrotasksLost(v8::Local<v8::Context> context) = 0;
  // After the outermost entry of a guest that loads modules.
  virtual void GoOnLoading() = 0;

 protected:
  ~GuestLife() = default;
};

}  // namespace isolet
