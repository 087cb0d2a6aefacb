#include "wire/cell_server.h"

#include <utility>

#include "isolate/time_zone.h"
#include "threads/executor.h"
#include "wire/cell_asks.h"

namespace isolet::wire {

class CellServer::Creations final : public Runnable {
 public:
  explicit Creations(std::shared_ptr<CellServer> server) : server_(std::move(server)) {}
  void RunTurn() override {
    for (std::optional<Creation> next; (next = server_->NextCreation());) {
      server_->Created(next->id, server_->maker_->Make(std::move(next->options), std::move(next->host)));
    }
  }

 private:
  const std::shared_ptr<CellServer> server_;
};

bool CellServer::Open(int socket, std::shared_ptr<GuestMaker> maker, std::function<void()> ended) {
  std::shared_ptr<Channel> channel = Channel::Open(socket);
  if (!channel) return false;
  channel->set_longest(kMostToCell);
  return channel->Start(std::make_shared<CellServer>(channel, std::move(maker), std::move(ended)));
}

bool CellServer::OnFrame(std::span<const uint8_t> frame) {
  std::span<const uint8_t> rest;
  std::optional<uint64_t> id = ReadHead(frame, &rest);
  if (!id) return false;
  Entry entry;
  std::vector<Entry> left;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    left.swap(left_);
    auto found = guests_.find(*id);
    if (found != guests_.end()) entry = found->second;
  }
  Acknowledged acknowledged;
  ToCell message;
  // Of a guest that is gone: sent before its host knew. It may bring anything.
  const size_t max_bytes = entry.guest ? entry.guest->options().transfer.max_bytes : SIZE_MAX;
  if (!Read(rest, max_bytes, &acknowledged, &message)) return false;
  if (auto* snapshot = std::get_if<KeepSnapshot>(&message)) {
    snapshots_[snapshot->number] = std::make_shared<const std::vector<char>>(std::move(snapshot->bytes));
    return *id == 0;
  }
  if (auto* ping = std::get_if<Ping>(&message)) {
    FromCell pong = Pong{ping->number};
    channel_->Send(Write(0, pong));
    return *id == 0;
  }
  if (auto* zone = std::get_if<SetTimeZone>(&message)) {
    TimeZone::Become(zone->name);
    return *id == 0;
  }
  if (auto* create = std::get_if<CreateGuest>(&message)) return *id != 0 && !entry.host && Create(*id, *create);
  if (!entry.guest) return !entry.host;
  entry.host->OnAcknowledged(acknowledged);
  return AskGuest(entry.guest, entry.host, *maker_, *waiters_, message);
}

bool CellServer::Create(uint64_t id, CreateGuest& create) {
  if (create.snapshot != 0) {
    auto kept = snapshots_.find(create.snapshot);
    if (kept == snapshots_.end()) return false;
    create.options.snapshot = kept->second;
  }
  std::weak_ptr<CellServer> server = weak_from_this();
  auto host = std::make_shared<CellHost>(channel_, id, [server, id] {
    if (std::shared_ptr<CellServer> here = server.lock()) here->Left(id);
  });
  {
    std::lock_guard<std::mutex> lock(mutex_);
    guests_[id] = {nullptr, host};
  }
  // Without a thread the creation would wait for ever.
  if (std::optional<CapacityFailure> refused = maker_->Prepare()) {
    Created(id, Outcome(*std::move(refused)));
    return true;
  }
  bool begins;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    creations_.push_back({id, std::move(create.options), std::move(host)});
    begins = !std::exchange(creating_, true);
  }
  // The host gives it some time only: it does not queue behind guests that compute.
  if (begins) Executor::Get().Schedule(std::make_shared<Creations>(shared_from_this()), Urgency::kUrgent);
  return true;
}

std::optional<CellServer::Creation> CellServer::NextCreation() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (creations_.empty()) {
    creating_ = false;
    return std::nullopt;
  }
  Creation next = std::move(creations_.front());
  creations_.pop_front();
  return next;
}

void CellServer::Created(uint64_t id, std::optional<GuestPort::Made> made) {
  auto* guest = made ? std::get_if<std::shared_ptr<GuestPort>>(&*made) : nullptr;
  std::shared_ptr<CellHost> host;
  bool over;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    over = over_;
    auto found = guests_.find(id);
    if (found != guests_.end()) {
      host = found->second.host;
      if (guest != nullptr) {
        host->SetGuest(guest->get());
        found->second.guest = *guest;
      } else {
        guests_.erase(found);
      }
    }
  }
  if (over || !host) {
    if (guest != nullptr) (*guest)->Close();
  } else if (guest != nullptr) {
    host->Say(wire::Created{});
  } else if (made) {
    host->Say(CreateFailed{std::get<Outcome>(std::move(*made))});
  }
}

void CellServer::Left(uint64_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto node = guests_.extract(id);
  if (node) left_.push_back(std::move(node.mapped()));
}

void CellServer::OnEnd(Why) {
  Entries guests;
  std::vector<Entry> left;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    over_ = true;
    guests.swap(guests_);
    left.swap(left_);
  }
  for (auto& [id, entry] : guests) {
    if (entry.guest) entry.guest->Close();
  }
  ended_();
}

}  // namespace isolet::wire
