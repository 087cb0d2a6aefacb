#include "wire/pulse.h"

#include <algorithm>

namespace isolet::wire {

int64_t Pulse::Counts(int64_t now, const std::optional<ProcessFacts::Thread>& thread) const {
  // A look that comes late says that this process had no time either.
  const int64_t passed = std::min(now - looked_, 2 * kEvery);
  if (!thread) return passed;
  switch (thread->state) {
    case ProcessFacts::Thread::State::kReady:
      return std::clamp<int64_t>(thread->processor_time - used_, 0, passed);
    case ProcessFacts::Thread::State::kBlocked:
      return 0;
    default:
      return passed;
  }
}

Pulse::Answer Pulse::Look(int64_t now, bool expected, const std::optional<ProcessFacts::Thread>& thread) {
  Answer answer = Answer::kWell;
  if (heard_ || !expected) {
    heard_ = asked_ = false;
    silent_ = 0;
  } else if (!asked_) {
    asked_ = true;
    answer = Answer::kAsk;
  } else {
    silent_ += Counts(now, thread);
    if (silent_ >= patience_) answer = Answer::kDead;
  }
  looked_ = now;
  used_ = thread ? thread->processor_time : 0;
  return answer;
}

}  // namespace isolet::wire
