// How a guest in a cell ends (wire/remote_guest.h): by its host, by itself, or with the cell.
#include <algorithm>
#include <utility>

#include "threads/mailbox.h"
#include "wire/remote_guest.h"
#include "wire/remote_slot.h"

namespace isolet::wire {

void RemoteGuest::FinishSync(SyncWait* wait, Outcome outcome) {
  wait->outcome = std::move(outcome);
  wait->done = true;
  // The thread that waits can't leave before this lock is given back.
  wait->waiter.Wake();
}

bool RemoteGuest::GiveUp(uint64_t call_id) {
  const int64_t due = SteadyNow() + link_->patience().grace;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    given_up_[call_id] = due;
  }
  link_->Expect(due);
  if (calls_.Take(call_id)) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  given_up_.erase(call_id);
  return false;
}

void RemoteGuest::NoteFinal(const Outcome& outcome) {
  const Stop* stop = std::get_if<Stop>(&outcome);
  if (stop == nullptr || (stop->reason != StopReason::kHeapLimit && stop->reason != StopReason::kTerminated)) return;
  std::lock_guard<std::mutex> lock(mutex_);
  if (final_) return;
  final_ = *stop;
  only_noted_ = true;
}

bool RemoteGuest::Stopped(const Stop& stop) {
  Stop why;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (final_ && !std::exchange(only_noted_, false)) return false;
    if (!final_) final_ = stop;
    why = *final_;
    stopped_.store(true, std::memory_order_release);
    gone_by_ = SteadyNow() + link_->patience().creation;
    for (auto& [ticket, wait] : sync_) {
      if (wait != nullptr) FinishSync(std::exchange(wait, nullptr), why);
    }
  }
  const bool dead = stop.reason == StopReason::kCellDied;
  if (!dead) link_->Expect(gone_by_);
  for (const std::shared_ptr<Call>& call : calls_.Shut()) host_->CallSettled(call->id, why, nullptr);
  host_->PostEvent(Ended{why});
  return true;
}

void RemoteGuest::Terminate(std::string reason) {
  TerminateGuest terminate{reason};
  if (Stopped(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, std::move(reason)})) Send(std::move(terminate));
}

void RemoteGuest::Close() {
  if (Stopped(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""})) Send(CloseGuest{});
}

void RemoteGuest::Gone(const GuestNumbers& numbers) {
  acknowledgements_->End();
  std::unordered_map<uint64_t, std::shared_ptr<ReplySlot>> slots;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (gone_.exchange(true, std::memory_order_acq_rel)) return;
    slots.swap(slots_);
    NoteNumbers(numbers);
    for (auto& [ticket, question] : questions_) {
      if (question == nullptr) continue;
      question->done = true;
      question->changed.notify_one();
    }
    questions_.clear();
    gone_by_ = Watched::kNever;
    given_up_.clear();
    late_sync_.clear();
  }
  host_->IsolateGone();
}

void RemoteGuest::GoneUnheard() {
  GuestNumbers numbers;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    numbers.calls = numbers_.calls;
  }
  Gone(numbers);
}

void RemoteGuest::Died(const Stop& stop) {
  Stopped(stop);
  GoneUnheard();
}

std::optional<Stop> RemoteGuest::final_stop() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return final_;
}

GuestPort::State RemoteGuest::state() const {
  std::optional<Stop> stop = final_stop();
  if (!stop) return State::kOpen;
  if (stop->reason != StopReason::kClosed) return State::kTerminated;
  return gone() ? State::kClosed : State::kClosing;
}

bool RemoteGuest::IsLate(int64_t now, int64_t* next) {
  // It is given up before it is out of the table: an answer that comes now must find it.
  const auto give_up = [&](uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    given_up_[id] = now;
    return false;
  };
  for (const std::shared_ptr<Call>& call : calls_.TakeExpired(now, give_up, next)) {
    host_->CallSettled(call->id, call->TimedOut(StopReason::kWallTimeout), nullptr);
  }
  bool late = false;
  const auto look = [&](int64_t due) {
    late |= due <= now;
    if (due > now) *next = std::min(*next, due);
  };
  std::unique_lock<std::mutex> lock(mutex_);
  const bool overdue = gone_by_ <= now;
  if (!overdue) look(gone_by_);
  for (const auto& [id, due] : given_up_) look(due);
  late |= !late_sync_.empty();
  lock.unlock();
  // Others may have all the processors of the cell: its host does not wait for it, and the cell is not to blame.
  if (overdue) GoneUnheard();
  return late;
}

}  // namespace isolet::wire
