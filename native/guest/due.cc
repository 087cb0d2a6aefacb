// What is due in a guest (guest/guest.h): deadlines of entries and calls, timers, and looks at what runs inside.
#include <algorithm>

#include "guest/guest.h"
#include "lost/lost_threads.h"

namespace isolet {
namespace {

constexpr const char* kHostThreadEnds = "the thread that owns the runtime is ending";

}  // namespace

int64_t Guest::OnDue(int64_t now) {
  std::optional<Gate::Expired> stopped;
  int64_t next = gate_.CheckDeadlines(now, &stopped);
  // The caller does not wait for a guest that needs long to unwind.
  if (stopped) settlement_.SettleStopped(stopped->call_id, stopped->stop);
  if (on_host_thread_.load(std::memory_order_relaxed)) {
    gate_.RequestInterrupt(ProbeHostThread, this);
    next = std::min(next, now + kProbeInterval);
  }
  if (gate_.occupied()) {
    // A guest that waits for the host looks at none: one is enough.
    if (!probe_pending_.exchange(true) && !gate_.RequestInterrupt(ProbeMemory, this)) probe_pending_.store(false);
    next = std::min(next, now + MemoryBudget::kProbeInterval);
    std::optional<Gate::Entry> stuck;
    if (!on_host_thread_.load(std::memory_order_relaxed)) stuck = gate_.Stuck(now);
    if (stuck) {
      LostThreads::Park(shared_from_this(), *stuck, "it was stopped, but a native routine of V8 does not end");
    }
  }
  // A call that is on the stack right now is the gate's business: it answers when it unwinds, with its time counted.
  auto inside = [this](uint64_t id) { return gate_.OnStack(id); };
  for (const std::shared_ptr<Call>& call : calls_.TakeExpired(now, inside, &next)) {
    Stop stop = call->TimedOut(StopReason::kWallTimeout);
    stats_.timeouts.fetch_add(1, std::memory_order_relaxed);
    GiveUp(*call, stop);
  }
  return std::min({next, timers_.OnDue(now), async_waits_.OnDue(now)});
}

void Guest::ProbeHostThread(v8::Isolate*, void* data) {
  auto* guest = static_cast<Guest*>(data);
  if (guest->host_->OnHostThread() && guest->host_->HostThreadEnding()) guest->Terminate(kHostThreadEnds);
}

void Guest::ProbeMemory(v8::Isolate* isolate, void* data) {
  auto* guest = static_cast<Guest*>(data);
  guest->probe_pending_.store(false);
  guest->memory_budget_.Probe(isolate);
}

}  // namespace isolet
