// A runtime as its environment sees it: there are some, they hold promises of guests, and they end. The environment's
// thread.
#pragma once

#include <cstdint>

#include "v8/v8.h"

namespace isolet {

class Environment;

class HostedRuntime {
 public:
  HostedRuntime(Environment& environment, uint64_t serial) : environment_(environment), serial_(serial) {}
  virtual ~HostedRuntime() = default;
  HostedRuntime(const HostedRuntime&) = delete;
  HostedRuntime& operator=(const HostedRuntime&) = delete;

  Environment& environment() const { return environment_; }
  uint64_t serial() const { return serial_; }

  // The guest, if it is there yet.

  virtual void Close() = 0;
  virtual void Terminate(const char* reason) = 0;
  // Nothing of it is left that could stand in the way of the platform's end; or it is on this thread's stack below us.
  virtual bool guest_gone() const = 0;
  virtual bool OnThisStack() const = 0;

  // Says what calls have become since it last did. `over`: in this turn of the event loop no more come.
  virtual void TellSettled(bool over) = 0;
  // Before a collection of the host: keeps the promises of the guest that somebody waits for.
  virtual void KeepAwaited(v8::Isolate* isolate) = 0;
  // Has the guest look for what it has dropped, if it got at least so many functions since it last did.
  virtual void CollectIfWorth(size_t functions) = 0;

 private:
  Environment& environment_;
  const uint64_t serial_;
};

}  // namespace isolet
