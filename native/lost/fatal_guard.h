// What happens when V8 gives up: instead of ending the process, the thread that hit it is parked for good and the guest
// is declared lost. Works on the engine's own threads; on a thread of the host there is nowhere to go.
//
// V8 calls the handlers on the thread that failed, anywhere in its code; nothing of V8 is touched any more.
#pragma once

#include <cstddef>

#include "v8/v8.h"

namespace isolet {

class Losable;

class FatalGuard {
 public:
  static void Install(v8::Isolate* isolate);
  // Whose code this thread runs, null = nobody's. Async-signal-safe.
  static Losable* Running();
  // A place on this thread's stack above all that V8 uses for it.
  static const void* Where();

  // Says whose code this thread runs.
  class Scope {
   public:
    explicit Scope(Losable& guest);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    friend class FatalGuard;

    Losable& guest_;
    Scope* const outer_;
  };
};

}  // namespace isolet
