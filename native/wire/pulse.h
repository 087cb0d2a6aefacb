// Whether a cell still answers at all: asked only while something is expected of it and it says nothing by itself. Time
// counts in which it could have answered: not while it waits for a processor on a busy machine, nor while this process
// was asleep itself.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/process_facts.h"

namespace isolet::wire {

class Pulse {
 public:
  // Nanoseconds between looks while something is expected.
  static constexpr int64_t kEvery = int64_t{500} * 1000 * 1000;

  // `patience`: nanoseconds.
  explicit Pulse(int64_t patience) : patience_(patience) {}

  // It said something.
  void Heard() { heard_ = true; }

  enum class Answer : uint8_t { kWell, kAsk, kDead };
  // `thread`: nothing if it is not known.
  Answer Look(int64_t now, bool expected, const std::optional<ProcessFacts::Thread>& thread);

 private:
  int64_t Counts(int64_t now, const std::optional<ProcessFacts::Thread>& thread) const;

  const int64_t patience_;
  bool heard_ = false;
  bool asked_ = false;
  int64_t silent_ = 0;  // since it was asked
  int64_t looked_ = 0;
  int64_t used_ = 0;  // by its thread
};

}  // namespace isolet::wire
