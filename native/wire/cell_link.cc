#include "wire/cell_link.h"

#include <algorithm>
#include <utility>

#include "calls/guest_options.h"
#include "wire/remote_guest.h"

namespace isolet::wire {
namespace {

// Nobody's thread waits for these.
Haste HasteOf(const ToCell& message) {
  if (std::holds_alternative<StartCall>(message) || std::holds_alternative<SettlePromise>(message)) {
    return Haste::kWithOthers;
  }
  return std::holds_alternative<LetGoHandles>(message) ? Haste::kTrifle : Haste::kNow;
}

}  // namespace

std::shared_ptr<CellLink> CellLink::Open(int socket, std::shared_ptr<Owner> owner, Patience patience) {
  std::shared_ptr<Channel> channel = Channel::Open(socket);
  if (!channel || !Watchdog::Get().EnsureStarted()) return nullptr;
  channel->set_longest(kMostBesideValue);
  auto link = std::make_shared<CellLink>(channel, std::move(owner), patience);
  Watchdog::Get().Register(link.get());
  if (channel->Start(link)) return link;
  Watchdog::Get().Unregister(link.get());
  return nullptr;
}

CellLink::~CellLink() = default;

void CellLink::Create(GuestOptions options, std::shared_ptr<Host> host, Done done) {
  CreateGuest create;
  uint64_t id = 0;
  const int64_t due = SteadyNow() + patience_.creation;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!ended()) {
      id = next_guest_++;
      create.options = options;
      create.options.snapshot = nullptr;
      if (options.snapshot) create.snapshot = Keep(options.snapshot);
      NoteLongest(options.transfer.max_bytes);
      auto guest = std::make_shared<RemoteGuest>(shared_from_this(), id, std::move(options), std::move(host));
      guests_[id] = {std::move(guest), std::move(done), due};
    }
  }
  if (id == 0) {
    done(Outcome(Stop{StopReason::kCellDied, 0, 0, Phase::kQueued, Reason("the cell has ended")}));
    return;
  }
  Expect(due);
  Send(id, {}, std::move(create));
}

// Sent under the mutex, which comes before the channel's: nobody else's guest may be made of it before.
uint64_t CellLink::Keep(const std::shared_ptr<const std::vector<char>>& snapshot) {
  Kept& kept = snapshots_[snapshot.get()];
  // Another one may be where one was.
  if (kept.snapshot.lock() == snapshot) return kept.number;
  kept = {snapshot, next_snapshot_++};
  Send(0, {}, KeepSnapshot{kept.number, *snapshot});
  return kept.number;
}

void CellLink::NoteLongest(size_t max_bytes) {
  const size_t most = UINT32_MAX;
  const size_t longest = max_bytes > most - 2 * kMostBesideValue ? most : max_bytes + 2 * kMostBesideValue;
  channel_->set_longest(std::max(channel_->longest(), longest));
}

bool CellLink::Send(uint64_t guest, Acknowledged acknowledged, ToCell message) {
  if (ended()) return false;
  return channel_->Send(Write(guest, acknowledged, message), HasteOf(message));
}

bool CellLink::OnFrame(std::span<const uint8_t> frame) {
  std::span<const uint8_t> rest;
  std::optional<uint64_t> id = ReadHead(frame, &rest);
  if (!id) return false;
  std::shared_ptr<RemoteGuest> guest;
  bool made = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = guests_.find(*id);
    if (found == guests_.end()) return false;
    guest = found->second.guest;
    made = !found->second.done;
  }
  FromCell message;
  if (!Read(rest, guest->options().transfer.max_bytes, &message)) return false;
  if (!made) return OnMade(*id, message);
  if (!guest->OnMessage(message, frame.size())) return false;
  if (std::holds_alternative<GuestGone>(message)) {
    std::lock_guard<std::mutex> lock(mutex_);
    guests_.erase(*id);
  }
  return true;
}

bool CellLink::OnMade(uint64_t id, FromCell& message) {
  Entry entry;
  auto* failed = std::get_if<CreateFailed>(&message);
  // There are no values of a guest that never was.
  if (failed != nullptr && MessageIn(failed->why) != nullptr) return false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = guests_.find(id);
    if (failed != nullptr) {
      entry = std::move(found->second);
      guests_.erase(found);
    } else if (std::holds_alternative<Created>(message)) {
      entry.guest = found->second.guest;
      entry.done = std::exchange(found->second.done, nullptr);
      found->second.due = kNever;
    } else {
      return false;
    }
  }
  if (failed == nullptr) {
    entry.done(std::shared_ptr<GuestPort>(std::move(entry.guest)));
    return true;
  }
  entry.done(std::move(failed->why));
  return true;
}

std::string CellLink::Reason(std::string why) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (why_.empty()) why_ = std::move(why);
  return why_;
}

void CellLink::Finish(std::string why, bool misbehaved) {
  const std::string reason = Reason(std::move(why));
  if (!told_.exchange(true)) owner_->CellEnded(reason, misbehaved);
  channel_->End();
}

void CellLink::Blame(std::string why) { Finish(std::move(why), true); }

void CellLink::End(std::string why) { Finish(std::move(why), false); }

void CellLink::OnEnd(Channel::Reader::Why why) {
  constexpr const char* kReasons[] = {"the cell ended", "the cell was ended", "the cell sent what can't be",
                                      "the cell sent more than may be"};
  Finish(kReasons[static_cast<size_t>(why)],
         why == Channel::Reader::Why::kBadFrame || why == Channel::Reader::Why::kTooLong);
  Watchdog::Get().Unregister(this);
  std::unordered_map<uint64_t, Entry> guests;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_.store(true, std::memory_order_release);
    guests.swap(guests_);
  }
  const Stop stop{StopReason::kCellDied, 0, 0, Phase::kSync, Reason({})};
  for (auto& [id, entry] : guests) {
    if (entry.done) {
      entry.done(Outcome(stop));
    } else {
      entry.guest->Died(stop);
    }
  }
}

int64_t CellLink::OnDue(int64_t now) {
  int64_t next = kNever;
  bool late = false;
  std::vector<std::shared_ptr<RemoteGuest>> guests;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    guests.reserve(guests_.size());
    for (const auto& [id, entry] : guests_) {
      late |= entry.due <= now;
      next = std::min(next, entry.due);
      guests.push_back(entry.guest);
    }
  }
  size_t overdue = 0;
  for (const std::shared_ptr<RemoteGuest>& guest : guests) {
    late |= guest->IsLate(now, &next);
    if (guest->gone()) ++overdue;
  }
  if (!late && overdue <= kMostOverdue) return next;
  Blame("the cell did not answer in time");
  return kNever;
}

}  // namespace isolet::wire
