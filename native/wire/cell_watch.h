// Looks at a cell from outside: whether it answers, what memory its process has, what it computes. What the cell itself
// says of that is not asked.
//
// How often: while something is expected of it as often as its memory could have grown to its bound meanwhile, and
// twice a second; a cell that rests every two seconds, and then only at its clock, as long as that stands still.
//
// The channel's thread; memory() and Claimed() any. Lifetime: the link keeps it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "wire/process_facts.h"
#include "wire/processor_account.h"
#include "wire/pulse.h"

namespace isolet::wire {

// How a cell ends.
struct CellEnd {
  enum class Cause : uint8_t {
    kEnded,       // its host wanted that
    kGone,        // it went by itself
    kMisbehaved,  // it sent what can't be
    kSilent,      // it did not answer, or did not read
    kMemory,      // it took more than it may
    kProcessor,   // it computed what nobody asked for
  };
  Cause cause = Cause::kGone;
  std::string why;  // 'the cell …'
  double limit = 0;
  double used = 0;
};

class CellWatch {
 public:
  // `facts`: null where nothing is known. `most_memory`: bytes that the process may take beyond what it has now, 0 for
  // any number. `patience`: nanoseconds.
  CellWatch(std::unique_ptr<ProcessFacts> facts, uint64_t most_memory, int64_t patience);
  CellWatch(const CellWatch&) = delete;
  CellWatch& operator=(const CellWatch&) = delete;

  // It said something.
  void Heard() { pulse_.Heard(); }

  struct Look {
    bool ask = false;            // whether it is there
    std::optional<CellEnd> end;  // it is to be ended
    int64_t next = 0;            // when to look again
  };
  struct Activity {
    bool expected = false;  // something is asked of it that it has not answered
    bool late = false;      // and should have been by now
    uint64_t begun = 0;     // how much was asked of it so far
    size_t guests = 0;
  };
  Look At(int64_t now, const Activity& activity);
  // The process has gone. Whoever still has the cell's handle would keep a descriptor of it otherwise.
  void Stop() { facts_.reset(); }

  // See ProcessorAccount.
  int64_t Claimed(int64_t more) { return account_.Claimed(more); }
  // Bytes when it was last looked at.
  uint64_t memory() const { return memory_.load(std::memory_order_relaxed); }

 private:
  std::optional<CellEnd> LookAtMemory();
  // What is late has had the time by now, and not only waited for a processor.
  bool HadTheTime(int64_t now, bool late, bool known, int64_t computed);

  std::unique_ptr<ProcessFacts> facts_;
  uint64_t most_memory_ = 0;  // of all
  Pulse pulse_;
  ProcessorAccount account_;
  std::atomic<uint64_t> memory_{0};
  int64_t clock_ = 0;
  int64_t looked_ = 0;
  int64_t late_ = -1;  // time that it had since it was late; negative: it is not
  uint64_t begun_ = 0;
};

}  // namespace isolet::wire
