// What a guest in a cell says (wire/remote_guest.h). Each frame is held against what is known: false means that no
// guest of ours can have sent it, and ends the cell. What came too late to be wanted is dropped.
#include <algorithm>
#include <utility>

#include "wire/remote_guest.h"
#include "wire/remote_slot.h"

namespace isolet::wire {
namespace {

// What a guest may have unread is half of it (boundary/rejections.h).
constexpr size_t kMostEvents = 512;
constexpr size_t kMostEventBytes = size_t{8} << 20;
constexpr uint64_t kMostStrays = 4096;  // and one for each call that was made

}  // namespace

bool RemoteGuest::OnMessage(FromCell& message, size_t size) {
  // It has its time to say so, and nobody hears the rest.
  if (gone()) return true;
  return std::visit([this, size](auto& one) { return On(one, size); }, message);
}

bool RemoteGuest::Stray() {
  std::lock_guard<std::mutex> lock(mutex_);
  return ++strays_ <= kMostStrays + calls_made_;
}

void RemoteGuest::NoteUse(const GuestUse& use) {
  // Two threads of the cell may have said it the other way round.
  const int64_t cpu = std::max(use_.cpu, use.cpu);
  charged_ += link_->Claimed(cpu - use_.cpu);
  use_ = {cpu, std::max(use_.wall, use.wall), use.heap_used};
}

void RemoteGuest::NoteNumbers(const GuestNumbers& numbers) {
  numbers_ = numbers;
  NoteUse({numbers_.calls.cpu_total, numbers_.calls.wall_total, numbers_.heap.used});
}

bool RemoteGuest::TakeCall(uint64_t call_id, bool* open) {
  *open = calls_.Take(call_id) != nullptr;
  if (*open) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  if (given_up_.erase(call_id) != 0) return true;
  // Of those that were open when the guest was stopped, which were answered here, nothing is noted.
  return stopped_for_good() && ++strays_ <= kMostStrays + calls_made_;
}

bool RemoteGuest::On(SettledCall& message, size_t size) {
  bool open;
  std::unique_ptr<InFlight> in_flight = acknowledgements_->Answer(size, message.counted);
  if (!in_flight || !handles_.Arrived(message.outcome) || !TakeCall(message.call_id, &open)) return false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    NoteUse(message.use);
  }
  if (open) {
    NoteFinal(message.outcome);
    host_->CallSettled(message.call_id, std::move(message.outcome), std::move(in_flight));
  } else {
    LetGoOf(message.outcome);
  }
  return true;
}

bool RemoteGuest::On(RanNow& message, size_t) {
  if (!handles_.Arrived(message.outcome)) return false;
  NoteFinal(message.outcome);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    NoteUse(message.use);
    auto found = sync_.find(message.ticket);
    if (found == sync_.end()) return false;
    SyncWait* wait = found->second;
    sync_.erase(found);
    late_sync_.erase(message.ticket);
    if (wait != nullptr) {
      if (message.leaves && !wait->forgotten) held_calls_.insert(wait->call_id);
      wait->leaves = message.leaves;
      wait->waits = message.waits;
      FinishSync(wait, std::move(message.outcome));
      return true;
    }
  }
  LetGoOf(message.outcome);
  return true;
}

bool RemoteGuest::On(FreeRan&, size_t) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (deferred_.empty()) return false;
  deferred_bytes_ -= deferred_.front();
  deferred_.pop_front();
  return true;
}

bool RemoteGuest::Answered(uint64_t ticket, Cancelled was) {
  auto node = questions_.extract(ticket);
  if (!node) return false;
  if (Question* question = node.mapped()) {
    question->was = was;
    question->done = true;
    question->changed.notify_one();
  }
  return true;
}

bool RemoteGuest::On(WasCancelled& message, size_t) {
  std::lock_guard<std::mutex> lock(mutex_);
  return Answered(message.ticket, message.was);
}

bool RemoteGuest::On(Numbers& message, size_t) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!Answered(message.ticket, Cancelled::kGoesOn)) return false;
  NoteNumbers(message.numbers);
  return true;
}

bool RemoteGuest::On(SettledPromise& message, size_t size) {
  bool known;
  std::unique_ptr<InFlight> in_flight = acknowledgements_->Answer(size, message.counted);
  if (!in_flight || !handles_.Arrived(message.outcome)) return false;
  if (handles_.Settled(message.promise_id, &known)) {
    host_->GuestPromiseSettled(message.promise_id, std::move(message.outcome), std::move(in_flight));
    return true;
  }
  LetGoOf(message.outcome);
  return known || Stray();
}

bool RemoteGuest::On(FailedPromises& message, size_t) {
  std::vector<uint64_t> wanted_ids;
  for (uint64_t id : message.promise_ids) {
    bool known;
    if (handles_.Settled(id, &known)) {
      wanted_ids.push_back(id);
    } else if (!known && !Stray()) {
      return false;
    }
  }
  if (!wanted_ids.empty()) host_->GuestPromisesFailed(std::move(wanted_ids), std::move(message.stop));
  return true;
}

bool RemoteGuest::AddSlot(uint64_t slot, std::shared_ptr<ReplySlot>* made) {
  *made = std::make_shared<RemoteSlot>(weak_from_this(), slot);
  std::lock_guard<std::mutex> lock(mutex_);
  return slots_.try_emplace(slot, *made).second;
}

bool RemoteGuest::On(AskedHost& message, size_t size) {
  const bool waits = message.slot != 0;
  if (!handles_.MayCall(message.function_id) || !handles_.Arrived(message.arguments)) return false;
  if (waits ? message.promise_id != 0 || message.slot >= kFirstCallPromise
            : message.promise_id < kFirstCallPromise || message.mode != HostCallMode::kAsync) {
    return false;
  }
  if (stopped_for_good()) {
    // Nobody waits for it any more, and it is not done for nobody.
    LetGoOf(message.arguments);
    return Stray();
  }
  HostCall call;
  call.function_id = message.function_id;
  call.call_id = message.call_id;
  call.mode = message.mode;
  call.promise_id = message.promise_id;
  call.arguments = std::move(message.arguments);
  call.open = acknowledgements_->Open(waits ? message.slot : message.promise_id, size);
  if (!call.open || (waits && !AddSlot(message.slot, &call.slot))) return false;
  host_->PostHostCall(std::move(call));
  return true;
}

bool RemoteGuest::On(AskedCollection& message, size_t) {
  std::shared_ptr<ReplySlot> slot;
  // One is enough of those that nobody waits for.
  if (!AddSlot(message.slot, &slot)) return message.slot == 0 && Stray();
  host_->PostCollection(std::move(slot));
  return true;
}

bool RemoteGuest::On(ReleasedExport& message, size_t) {
  if (!handles_.Released(message.function_id, message.count)) return false;
  host_->ExportReleased(message.function_id, message.count);
  return true;
}

bool RemoteGuest::On(TookPromise&, size_t) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (untaken_ == 0) return false;
    --untaken_;
  }
  host_->PromiseTaken();
  return true;
}

bool RemoteGuest::On(GuestGone& message, size_t) {
  // It has said why, unless it was never to say anything again.
  Stopped(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the guest has ended"});
  Gone(message.numbers);
  return true;
}

bool RemoteGuest::On(ConsoleLine& message, size_t) {
  if (!handles_.Arrived(message.arguments)) return false;
  bool news;
  if (!console_.Queue(&message, &news)) LetGoOf(message.arguments);
  if (news) host_->PostEvent(ConsoleNews{});
  return true;
}

bool RemoteGuest::On(ConsoleDropped& message, size_t) {
  if (console_.NoteDropped(message.lines)) host_->PostEvent(ConsoleNews{});
  return true;
}

bool RemoteGuest::On(UnhandledRejection& message, size_t size) {
  if (!handles_.Arrived(message.error)) return false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    unread_events_.push_back(size);
    unread_event_bytes_ += size;
    if (unread_events_.size() > kMostEvents || unread_event_bytes_ > kMostEventBytes) return false;
  }
  host_->PostEvent(std::move(message));
  return true;
}

bool RemoteGuest::On(CallHeld& message, size_t) {
  // Of a call that was given up nobody holds anything. A module that waits may have left something before.
  bool news = calls_.Find(message.call_id) != nullptr;
  if (news) {
    std::lock_guard<std::mutex> lock(mutex_);
    news = held_calls_.insert(message.call_id).second;
  }
  if (!news) return Stray();
  host_->PostEvent(message);
  return true;
}

bool RemoteGuest::On(CallForgotten& message, size_t) {
  bool held;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    held = held_calls_.erase(message.call_id) != 0;
    for (auto& [ticket, wait] : sync_) {
      // The caller hears that it leaves something when it returns, and reads this after that.
      if (held || wait == nullptr || wait->call_id != message.call_id || wait->forgotten) continue;
      held = wait->forgotten = true;
    }
  }
  if (!held) return Stray();
  host_->PostEvent(message);
  return true;
}

bool RemoteGuest::On(Ended& message, size_t) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(said_ended_, true)) return false;
  }
  if (message.why.reason == StopReason::kNone) return false;
  Stopped(message.why);
  return true;
}

bool RemoteGuest::On(Fatal& message, size_t) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(said_fatal_, true)) return false;
  }
  link_->Worn(message.message);
  host_->PostEvent(std::move(message));
  return true;
}

}  // namespace isolet::wire
