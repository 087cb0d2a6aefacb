// What waits for a guest: calls that it has not begun, and what they brought (guest/guest.h).
#include <utility>

#include "calls/call.h"
#include "calls/room.h"
#include "guest/guest.h"
#include "guest/tasks.h"
#include "threads/recycled.h"

namespace isolet {
namespace {

// Calls that were answered before they began leave an empty task behind: swept out from so many on.
constexpr size_t kMostStaleTasks = 1024;

}  // namespace

void Guest::Start(uint64_t call_id, CallKind kind, const CallLimits& limits, std::unique_ptr<Program> program) {
  auto call = std::allocate_shared<Call>(RecyclingAllocator<Call>(), call_id, kind, limits, std::move(program));
  stats_.Count(kind);
  const CallTable::Room room = {kMaxCalls, MostQueuedBytes(options_)};
  switch (calls_.Add(call, room)) {
    case CallTable::Answer::kAdded:
      if (call->deadline != kNever) Watchdog::Get().Arm(this, call->deadline);
      Post(std::make_unique<CallTask>(std::move(call)));
      return;
    case CallTable::Answer::kShut:
      Refuse(*call, gate_.final_stop().value_or(Stop{StopReason::kClosed, 0, 0, Phase::kQueued, ""}));
      return;
    case CallTable::Answer::kTooMany:
      Refuse(*call, TooManyCalls(calls_.size()));
      return;
    case CallTable::Answer::kTooBig:
      Refuse(*call, TooManyQueuedBytes(room.bytes, calls_.waiting_bytes() + call->program->ByteSize()));
      return;
  }
}

void Guest::Refuse(Call& call, Outcome outcome) {
  call.program->Discard(*this);
  host_->CallSettled(call.id, std::move(outcome), nullptr);
}

void Guest::NoteStaleTask() {
  if (stale_tasks_.fetch_add(1, std::memory_order_relaxed) + 1 < kMostStaleTasks) return;
  stale_tasks_.store(0, std::memory_order_relaxed);
  DropIf([](const Task& task) { return task.Stale(); });
}

std::optional<CapacityFailure> Guest::RunWhenFree(std::unique_ptr<Program> program, const CallLimits& limits) {
  const size_t bytes = program->ByteSize();
  const size_t most = MostQueuedBytes(options_);
  if (!MayWait(*deferred_bytes_, bytes, most)) {
    program->Discard(*this);
    return TooManyQueuedBytes(most, *deferred_bytes_ + bytes);
  }
  auto in_flight = std::make_unique<InFlight>(deferred_bytes_, bytes);
  RunFirst(std::make_unique<InternalTask>(std::move(program), limits, std::move(in_flight)));
  return std::nullopt;
}

void Guest::RunFirst(std::unique_ptr<Task> task) {
  {
    std::lock_guard<std::mutex> lock(deferred_mutex_);
    deferred_.push_back(std::move(task));
    has_deferred_.store(true, std::memory_order_release);
  }
  PostCheckpoint();
}

bool Guest::RunDeferred(const IsolateLock& lock) {
  if (!has_deferred_.load(std::memory_order_acquire)) return false;
  std::vector<std::unique_ptr<Task>> deferred;
  {
    std::lock_guard<std::mutex> guard(deferred_mutex_);
    deferred.swap(deferred_);
    has_deferred_.store(false, std::memory_order_release);
  }
  for (const std::unique_ptr<Task>& task : deferred) task->Run(lock);
  return true;
}

}  // namespace isolet
