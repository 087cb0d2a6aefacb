// What a call runs, with all that came for it. Any thread makes it and may drop it; see the members for the rest.
#pragma once

#include <cstddef>

#include "calls/program_form.h"
#include "v8/v8.h"

namespace isolet {

class Parts;
class IsolateLock;

// Guest code that makes a value: a script, a function call, a module.
class Program {
 public:
  virtual ~Program() = default;
  // Inside a frame.
  virtual v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) = 0;
  // Instead of Run, on any thread: gives back what came with it.
  virtual void Discard(Parts&) {}
  // Instead of Run, on any thread: what it is made of, for another process.
  virtual ProgramForm TakeForm() { return {}; }
  // What it takes as long as it waits, roughly.
  virtual size_t ByteSize() const { return 0; }
};

}  // namespace isolet
