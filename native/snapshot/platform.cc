#include "snapshot/platform.h"

#include <variant>

namespace isolet {
namespace {

// A process that makes one guest has no use for it.
constexpr uint32_t kFirst = 2;
// Of the making itself, in which no guest's code runs.
constexpr size_t kHeap = size_t{64} << 20;
constexpr double kTime = 10'000;

}  // namespace

PlatformSnapshot& PlatformSnapshot::Get() {
  // Never destroyed: engine threads may outlive main().
  static auto* snapshot = new PlatformSnapshot;
  return *snapshot;
}

std::shared_ptr<StoredSnapshot> PlatformSnapshot::Ready() {
  std::lock_guard<std::mutex> lock(mutex_);
  return stored_;
}

bool PlatformSnapshot::Wanted() {
  if (!kSnapshotsRestore) return false;
  std::lock_guard<std::mutex> lock(mutex_);
  if (state_ != State::kNone || ++guests_ < kFirst) return false;
  state_ = State::kBeingMade;
  return true;
}

SnapshotRequest PlatformSnapshot::Request() {
  SnapshotRequest request;
  request.timeout_ms = kTime;
  request.max_heap_size = kHeap;
  // Their number is each guest's.
  request.max_timers = 1;
  request.web.on = true;
  request.web.settings = R"({"baseUrl":null,"userAgent":""})";
  return request;
}

void PlatformSnapshot::Made(const SnapshotBuild::Result& result) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (const auto* built = std::get_if<BuiltSnapshot>(&result)) {
    stored_ = built->stored;
    state_ = State::kReady;
    return;
  }
  const auto* stop = std::get_if<Stop>(&std::get<Outcome>(result));
  state_ = stop != nullptr && stop->reason == StopReason::kClosed ? State::kNone : State::kImpossible;
}

void PlatformSnapshot::GaveUp() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (state_ == State::kBeingMade) state_ = State::kNone;
}

}  // namespace isolet
