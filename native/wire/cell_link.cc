#include "wire/cell_link.h"

#include <algorithm>
#include <utility>

#include "calls/guest_options.h"
#include "isolate/time_zone.h"
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

CellLink::CellLink(std::shared_ptr<Channel> channel, std::shared_ptr<Owner> owner, Outside outside, Patience patience)
    : channel_(std::move(channel)),
      owner_(std::move(owner)),
      patience_(patience),
      watch_(std::move(outside.facts), outside.most_memory, patience.silence) {}

std::shared_ptr<CellLink> CellLink::Open(int socket, std::shared_ptr<Owner> owner, Outside outside, Patience patience) {
  std::shared_ptr<Channel> channel = Channel::Open(socket);
  if (!channel || !Watchdog::Get().EnsureStarted()) return nullptr;
  channel->set_longest(kMostBesideValue);
  auto link = std::make_shared<CellLink>(channel, std::move(owner), std::move(outside), patience);
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
    done(Outcome(DiedStop(Phase::kQueued)));
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
  // What is asked of it may make it grow.
  if (rests_.load(std::memory_order_relaxed) && rests_.exchange(false)) channel_->Hurry();
  TellTimeZone();
  return channel_->Send(Write(guest, acknowledged, message), HasteOf(message));
}

void CellLink::TellTimeZone() {
  const uint64_t now = TimeZone::names();
  if (zones_.load(std::memory_order_relaxed) == now || zones_.exchange(now) == now) return;
  Send(0, {}, SetTimeZone{TimeZone::name()});
}

bool CellLink::OnFrame(std::span<const uint8_t> frame) {
  std::span<const uint8_t> rest;
  std::optional<uint64_t> id = ReadHead(frame, &rest);
  if (!id) return false;
  watch_.Heard();
  if (*id == 0) {
    FromCell message;
    return Read(rest, 0, &message) && OnPong(message);
  }
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

bool CellLink::OnPong(FromCell& message) {
  const auto* pong = std::get_if<Pong>(&message);
  // Each once, in the order in which they were asked.
  if (pong == nullptr || pong->number != last_pong_ + 1 || pong->number > last_ping_) return false;
  last_pong_ = pong->number;
  return true;
}

int64_t CellLink::OnTime(int64_t now) {
  std::vector<std::shared_ptr<RemoteGuest>> guests;
  bool expected = false;
  uint64_t begun = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    begun = next_guest_;
    for (const auto& [id, entry] : guests_) {
      expected |= entry.done != nullptr;
      guests.push_back(entry.guest);
    }
  }
  for (const std::shared_ptr<RemoteGuest>& guest : guests) {
    expected |= guest->waits();
    begun += guest->calls_made();
  }
  CellWatch::Look look = watch_.At(now, {expected, late_.load(), begun, guests.size()});
  if (look.end) Finish(*std::move(look.end));
  if (look.ask) Send(0, {}, Ping{++last_ping_});
  rests_.store(look.next - now > Pulse::kEvery);
  return look.next;
}

Stop CellLink::DiedStop(Phase phase) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!end_) return {StopReason::kCellDied, 0, 0, phase, "the cell has ended"};
  return {StopReason::kCellDied, end_->limit, end_->used, phase, end_->why};
}

void CellLink::Finish(CellEnd end) {
  bool first;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    first = !end_;
    if (first) end_ = end;
  }
  if (first) owner_->CellEnded(end);
  channel_->End();
}

void CellLink::Worn(const std::string& why) {
  if (!worn_.exchange(true)) owner_->CellWorn(why);
}

void CellLink::End(std::string why) { Finish({CellEnd::Cause::kEnded, std::move(why)}); }

void CellLink::OnEnd(Channel::Reader::Why why) {
  using Cause = CellEnd::Cause;
  static const CellEnd kEnds[] = {{Cause::kGone, "the cell ended"},
                                  {Cause::kEnded, "the cell was ended"},
                                  {Cause::kMisbehaved, "the cell sent what can't be"},
                                  {Cause::kMisbehaved, "the cell sent more than may be"}};
  Finish(kEnds[static_cast<size_t>(why)]);
  Watchdog::Get().Unregister(this);
  watch_.Stop();
  std::unordered_map<uint64_t, Entry> guests;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_.store(true, std::memory_order_release);
    guests.swap(guests_);
  }
  const Stop stop = DiedStop(Phase::kSync);
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
      if (entry.due > now) next = std::min(next, entry.due);
      guests.push_back(entry.guest);
    }
  }
  size_t overdue = 0;
  for (const std::shared_ptr<RemoteGuest>& guest : guests) {
    late |= guest->IsLate(now, &next);
    if (guest->gone()) ++overdue;
  }
  late |= overdue > kMostOverdue;
  // Whether it has had the time is found out there.
  if (late_.exchange(late) != late && late) channel_->Hurry();
  return late ? std::min(next, now + Pulse::kEvery) : next;
}

}  // namespace isolet::wire
