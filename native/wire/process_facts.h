// What the kernel says of a cell's process, which has no say in it. Linux; elsewhere there is nothing to be known.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

namespace isolet::wire {

class ProcessFacts {
 public:
  // Null: it is not there, or the system does not say.
  static std::unique_ptr<ProcessFacts> Of(int pid);
  virtual ~ProcessFacts() = default;

  // Of all of these nothing is known when the process has gone.

  // Nanoseconds that all its threads have computed, since it began.
  virtual std::optional<int64_t> ProcessorTime() = 0;
  // Bytes that it would not have if it were not there: written to, in memory that can be shared or not, and swapped
  // out.
  virtual std::optional<uint64_t> Memory() = 0;

  struct Thread {
    enum class State : uint8_t {
      kReady,    // runs, or would if there were a processor
      kBlocked,  // waits for the system, as for memory that was swapped out
      kRests,    // waits for something else, or was stopped
    };
    State state = State::kRests;
    int64_t processor_time = 0;
  };
  // The thread of that end of the channel.
  virtual std::optional<Thread> ChannelThread() = 0;
  // Whether any of its threads is ready.
  virtual bool AnyReady() = 0;
};

}  // namespace isolet::wire
