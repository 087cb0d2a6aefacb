// What happens when V8 gives up: instead of ending the process, the thread that hit it is parked for good and the guest
// is declared lost. Works on the engine's own threads; on a thread of the host there is nowhere to go.
//
// V8 calls the handlers on the thread that failed, anywhere in its code; nothing of V8 is touched any more.
#pragma once

#include <cstddef>

#include "v8/v8.h"

namespace isolet {

class Guest;

class FatalGuard {
 public:
  static void Install(v8::Isolate* isolate);
  // Guests that were lost so far. Past Admission's limit no new one is made.
  static size_t lost_count();
  static void CountLost();

  // Whose code this thread runs, null = nobody's. Async-signal-safe.
  static Guest* Running();
  // A place on this thread's stack above all that V8 uses for it.
  static const void* Where();

  // Says whose code this thread runs.
  class Scope {
   public:
    explicit Scope(Guest& guest);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    friend class FatalGuard;

    Guest& guest_;
    Scope* const outer_;
  };
};

}  // namespace isolet
