#include "wire/cell_watch.h"

#include <algorithm>
#include <utility>

namespace isolet::wire {
namespace {

constexpr int64_t kMillisecond = 1000 * 1000;
// No process takes more, in bytes for each nanosecond.
constexpr int64_t kFastest = 1;
constexpr int64_t kMostOften = 50 * kMillisecond;
constexpr int64_t kWhenLate = 100 * kMillisecond;
// Beyond the grace, which a busy machine may take for itself.
constexpr int64_t kMostLate = 500 * kMillisecond;
constexpr int64_t kAtRest = 2000 * kMillisecond;

}  // namespace

CellWatch::CellWatch(std::unique_ptr<ProcessFacts> facts, uint64_t most_memory, int64_t patience)
    : facts_(std::move(facts)), pulse_(patience) {
  std::optional<uint64_t> memory = facts_ ? facts_->Memory() : std::nullopt;
  if (!memory) return;
  memory_.store(*memory, std::memory_order_relaxed);
  if (most_memory != 0) most_memory_ = *memory + most_memory;
}

std::optional<CellEnd> CellWatch::LookAtMemory() {
  std::optional<uint64_t> memory = facts_->Memory();
  if (!memory) return std::nullopt;
  memory_.store(*memory, std::memory_order_relaxed);
  if (most_memory_ == 0 || *memory <= most_memory_) return std::nullopt;
  return CellEnd{CellEnd::Cause::kMemory, "the cell took more memory than it may", static_cast<double>(most_memory_),
                 static_cast<double>(*memory)};
}

bool CellWatch::HadTheTime(int64_t now, bool late, bool known, int64_t computed) {
  if (!late) {
    late_ = -1;
  } else if (late_ < 0) {
    late_ = 0;
  } else {
    const int64_t passed = std::min(now - looked_, 2 * kWhenLate);
    late_ += known && facts_->AnyReady() ? std::clamp<int64_t>(computed, 0, passed) : passed;
  }
  return late_ >= kMostLate;
}

CellWatch::Look CellWatch::At(int64_t now, const Activity& activity) {
  Look look;
  using Work = ProcessorAccount::Work;
  const bool answered = activity.begun != std::exchange(begun_, activity.begun);
  const Work work = activity.expected ? Work::kAsked : answered ? Work::kAnswered : Work::kNone;
  std::optional<int64_t> clock = facts_ ? facts_->ProcessorTime() : std::nullopt;
  const int64_t computed = clock ? *clock - std::exchange(clock_, *clock) : 0;
  const bool asked = activity.expected && facts_;
  const auto pulse = pulse_.Look(now, activity.expected, asked ? facts_->ChannelThread() : std::nullopt);
  look.ask = pulse == Pulse::Answer::kAsk;
  if (pulse == Pulse::Answer::kDead) look.end = CellEnd{CellEnd::Cause::kSilent, "the cell did not answer"};
  if (HadTheTime(now, activity.late, clock.has_value(), computed)) {
    look.end = CellEnd{CellEnd::Cause::kSilent, "the cell did not answer in time"};
  }
  if (clock && !account_.Used(*clock, now, work, activity.guests)) {
    look.end = CellEnd{CellEnd::Cause::kProcessor, "the cell computed although nothing was asked of it"};
  }
  // What does not run takes nothing.
  if (computed != 0) {
    if (std::optional<CellEnd> end = LookAtMemory()) look.end = std::move(end);
  }
  looked_ = now;
  if (activity.late) {
    look.next = now + kWhenLate;
  } else if (!activity.expected && computed == 0) {
    look.next = now + kAtRest;
  } else {
    const uint64_t left = most_memory_ == 0 ? UINT64_MAX : most_memory_ - std::min(memory(), most_memory_);
    const auto soonest = static_cast<int64_t>(std::min<uint64_t>(left, Pulse::kEvery) / kFastest);
    look.next = now + std::clamp(soonest, kMostOften, Pulse::kEvery);
  }
  return look;
}

}  // namespace isolet::wire
