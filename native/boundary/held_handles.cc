#include "boundary/held_handles.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "boundary/guest_functions.h"
#include "boundary/promises.h"
#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/host.h"
#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/charged_objects.h"
#include "threads/executor.h"
#include "threads/watchdog.h"

namespace isolet {
namespace {

// An event loop that is busy for longer than this is not waited for.
constexpr int64_t kPatience = int64_t{1000} * 1000 * 1000;
constexpr int64_t kFirstRest = 2 * 1000 * 1000;

}  // namespace

bool HeldHandles::Fits() const {
  const size_t most = parts_.options().max_held_handles;
  return most == 0 || size() < most;
}

std::optional<value::Failure> HeldHandles::Take(size_t bytes) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto charge = [&] { return ChargeCollecting(isolate, parts_.allocator(), bytes); };
  bool charged = false;
  if (Fits()) charged = charge();
  if (!charged) {
    TakeIn();
    if (!Fits() || !(charged = charge())) Collect();
    if (!charged && Fits()) charged = charge();
  }
  if (charged) {
    ++taken_;
    size_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  value::Failure failure;
  failure.kind = value::Failure::Kind::kHeld;
  failure.limit = std::max<size_t>(size(), 1);
  failure.actual = size() + 1;
  return failure;
}

void HeldHandles::Give(size_t bytes, size_t count) {
  parts_.allocator().Uncharge(bytes * count);
  size_.fetch_sub(count, std::memory_order_relaxed);
}

bool HeldHandles::LetGo(value::HandleKind kind, uint64_t id, uint64_t count) {
  std::lock_guard<std::mutex> lock(mutex_);
  returned_.push_back({kind, id, count});
  return returned_.size() == 1;
}

void HeldHandles::TakeIn() {
  std::vector<Returned> returned;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    returned.swap(returned_);
  }
  for (const Returned& one : returned) {
    if (one.kind == value::HandleKind::kGuestPromise) {
      parts_.promises().Forget(one.id);
    } else {
      parts_.functions().Release(one.id, one.count);
    }
  }
}

void HeldHandles::Collect() {
  if (!WorthAsking()) return;
  const size_t before = size();
  const bool looked = parts_.host().OnHostThread() ? parts_.host().CollectHere() : AwaitHost();
  TakeIn();
  if (looked && size() == before) useless_at_ = taken_;
}

bool HeldHandles::AwaitHost() {
  Executor::BlockingRegion region;
  const int64_t until = SteadyNow() + kPatience;
  for (int64_t rest = kFirstRest;; rest *= 2) {
    auto slot = std::make_shared<ReplySlot>();
    std::optional<HostReply> answer;
    if (parts_.gate().SetWaiting(slot.get())) {
      parts_.host().PostCollection(slot);
      answer = slot->AwaitAnswer(until - SteadyNow());
    }
    parts_.gate().SetWaiting(nullptr);
    if (!answer) return false;
    if (!answer->threw) return true;
    // Not so soon after the last time: it is the guest that waits. A stop ends that, too.
    if (SteadyNow() + rest > until) return false;
    ReplySlot pause;
    if (parts_.gate().SetWaiting(&pause)) pause.AwaitAnswer(rest);
    parts_.gate().SetWaiting(nullptr);
  }
}

void HeldHandles::AfterCollection(size_t alive) {
  const size_t limit = parts_.options().max_heap_size;
  if (limit == 0 || alive <= limit / 2 || !WorthAsking()) return;
  // In the middle of a collection nothing else of V8 may run on this thread, so not the host's.
  if (alive > limit / 8 * 7 && !parts_.host().OnHostThread()) {
    Collect();
  } else if (posted_at_ != taken_) {
    posted_at_ = taken_;
    parts_.host().PostCollection(nullptr);
  }
}

}  // namespace isolet
