// A guest's thread was told to stop and has not come back: is it slow, or stuck in a routine of V8 that does not look?
//
// The clock can't tell: on a busy machine, or with a tenth of a processor, everything takes ten times as long. What
// counts is what the thread has done since: processor time, by the pace of this machine; of that a quarter only of what
// the system took to hand out memory, which the guest's limit bounds and a virtual machine may be slow at; and the time
// it was found asleep, waiting for another thread. Waiting for a processor counts as nothing.
//
// Guarded by the gate's mutex.
#pragma once

#include <cstdint>
#include <optional>

#include "progress/thread_look.h"
#include "threads/thread.h"

namespace isolet {

class Unwinding {
 public:
  // The thread that is inside the guest is told to stop, for the first time.
  void Begin(ThreadId thread, SystemThread number, int64_t now);
  void End() { began_.reset(); }
  bool under_way() const { return began_.has_value(); }

  enum class Finding : uint8_t { kBusy, kLingers, kStuck };
  // From time to time while it is under way; what it does in a long time without a look is not known, and is not held
  // against it.
  Finding Look(int64_t now);

 private:
  struct Beginning {
    ThreadId thread{};
    SystemThread number = 0;
    int64_t cpu = 0;
    std::optional<int64_t> kernel;  // as of the first look
  };

  std::optional<Beginning> began_;
  int64_t looked_at_ = 0;
  int64_t last_cpu_ = 0;
  int64_t asleep_ = 0;
};

}  // namespace isolet
