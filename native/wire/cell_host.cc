#include "wire/cell_host.h"

#include <algorithm>
#include <utility>

namespace isolet::wire {
namespace {

struct ToFrame {
  FromCell operator()(ConsoleNews&) const { return ConsoleDropped{}; }  // never asked
  template <typename Event>
  FromCell operator()(Event& event) const {
    return std::move(event);
  }
};

// Nobody's thread waits for these.
Haste HasteOf(const FromCell& message) {
  const auto* asked = std::get_if<AskedHost>(&message);
  if (std::holds_alternative<SettledCall>(message) || std::holds_alternative<SettledPromise>(message) ||
      (asked != nullptr && asked->slot == 0)) {
    return Haste::kWithOthers;
  }
  const bool trifle = std::holds_alternative<TookPromise>(message) || std::holds_alternative<ReleasedExport>(message);
  return trifle ? Haste::kTrifle : Haste::kNow;
}

}  // namespace

GuestUse CellHost::Use() const {
  const GuestPort* guest = guest_.load(std::memory_order_acquire);
  return guest == nullptr ? GuestUse() : guest->use();
}

void CellHost::Write(FromCell& message) { channel_->Send(wire::Write(id_, message), HasteOf(message)); }

void CellHost::WriteConsole() {
  GuestPort* guest = guest_.load(std::memory_order_acquire);
  if (guest == nullptr) return;
  while (std::optional<ConsoleItem> item = guest->NextLine()) {
    FromCell line = std::visit([](auto& one) { return FromCell(std::move(one)); }, *item);
    Write(line);
  }
}

void CellHost::SayNow(Said said) {
  if (said_gone_) return;
  if (said.in_flight) {
    std::lock_guard<std::mutex> guard(mutex_);
    answers_.push_back(std::move(said.in_flight));
  }
  WriteConsole();
  Write(said.message);
}

void CellHost::SayWith(FromCell message, std::unique_ptr<InFlight> in_flight) {
  std::lock_guard<std::mutex> lock(say_mutex_);
  SayNow({std::move(message), std::move(in_flight)});
}

void CellHost::SaySettled(FromCell message, std::unique_ptr<InFlight> in_flight) {
  std::lock_guard<std::mutex> lock(say_mutex_);
  if (runs_ > 0) {
    after_run_.push_back({std::move(message), std::move(in_flight)});
  } else {
    SayNow({std::move(message), std::move(in_flight)});
  }
}

void CellHost::BeginRun() {
  std::lock_guard<std::mutex> lock(say_mutex_);
  ++runs_;
}

void CellHost::SayRan(RanNow message) {
  message.use = Use();
  std::lock_guard<std::mutex> lock(say_mutex_);
  --runs_;
  SayNow({std::move(message), nullptr});
  for (Said& said : std::exchange(after_run_, {})) SayNow(std::move(said));
}

void CellHost::CallSettled(uint64_t call_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) {
  const bool counted = in_flight != nullptr;
  SayWith(SettledCall{call_id, counted, Use(), std::move(outcome)}, std::move(in_flight));
}

void CellHost::GuestPromiseSettled(uint64_t promise_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) {
  const bool counted = in_flight != nullptr;
  SaySettled(SettledPromise{promise_id, counted, std::move(outcome)}, std::move(in_flight));
}

void CellHost::GuestPromisesFailed(std::vector<uint64_t> promise_ids, Stop stop) {
  for (auto from = promise_ids.begin(); from != promise_ids.end();) {
    const auto count = std::min<std::ptrdiff_t>(promise_ids.end() - from, kMostPromises);
    SaySettled(FailedPromises{{from, from + count}, stop}, nullptr);
    from += count;
  }
}

void CellHost::PostHostCall(HostCall call) {
  AskedHost asked{call.function_id, call.call_id, call.mode, 0, call.promise_id, std::move(call.arguments)};
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (call.slot) {
      asked.slot = next_slot_++;
      asked.promise_id = 0;
      slots_[asked.slot] = std::move(call.slot);
    }
    if (call.open) open_[asked.slot != 0 ? asked.slot : asked.promise_id] = std::move(call.open);
  }
  Say(std::move(asked));
}

void CellHost::PostCollection(std::shared_ptr<ReplySlot> slot) {
  AskedCollection asked;
  if (slot) {
    std::lock_guard<std::mutex> lock(mutex_);
    asked.slot = next_slot_++;
    slots_[asked.slot] = std::move(slot);
  }
  Say(asked);
}

void CellHost::ExportReleased(uint64_t function_id, uint64_t count) { Say(ReleasedExport{function_id, count}); }

void CellHost::PromiseTaken() { Say(TookPromise{}); }

void CellHost::PostEvent(GuestEvent event) {
  if (!std::holds_alternative<ConsoleNews>(event)) return Say(std::visit(ToFrame(), event));
  std::lock_guard<std::mutex> lock(say_mutex_);
  if (!said_gone_) WriteConsole();
}

void CellHost::IsolateGone() {
  {
    std::lock_guard<std::mutex> lock(say_mutex_);
    if (std::exchange(said_gone_, true)) return;
    WriteConsole();
    GuestPort* guest = guest_.load(std::memory_order_acquire);
    FromCell gone = GuestGone{guest == nullptr ? GuestNumbers() : guest->numbers()};
    Write(gone);
  }
  gone_();
}

void CellHost::OnAcknowledged(const Acknowledged& acknowledged) {
  if (acknowledged.empty()) return;
  std::lock_guard<std::mutex> lock(mutex_);
  const size_t count = std::min<uint64_t>(acknowledged.answers, answers_.size());
  answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(count));
  for (uint64_t id : acknowledged.host_calls) open_.erase(id);
}

std::shared_ptr<ReplySlot> CellHost::Waiting(uint64_t slot) const {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = slots_.find(slot);
  return found == slots_.end() ? nullptr : found->second;
}

void CellHost::OnAnswer(uint64_t id, HostReply reply) {
  std::shared_ptr<ReplySlot> slot;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto node = slots_.extract(id);
    if (node) slot = std::move(node.mapped());
  }
  if (slot && slot->Answer(&reply)) return;
  GiveBackOf(reply.value);
}

}  // namespace isolet::wire
