// The host of a guest in a cell, as the guest sees it: what it says becomes frames. Lines of the console go before
// whatever else is said after them, as they do where host and guest share a process.
//
// A guest that waits for its host waits in its ReplySlot, as everywhere; the slot has a number here until the answer
// comes. What the host has not read or has open stays counted in the guest until the host says so.
//
// Any thread; what answers the guest: the channel's. Lifetime: the guest keeps it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "calls/guest_port.h"
#include "calls/host.h"
#include "wire/channel.h"

namespace isolet::wire {

class CellHost final : public Host {
 public:
  // `gone`: nothing more is said.
  CellHost(std::shared_ptr<Channel> channel, uint64_t id, std::function<void()> gone)
      : channel_(std::move(channel)), id_(id), gone_(std::move(gone)) {}
  CellHost(const CellHost&) = delete;
  CellHost& operator=(const CellHost&) = delete;

  // Before anything is asked of the guest, which outlives all that it says.
  void SetGuest(GuestPort* guest) { guest_.store(guest, std::memory_order_release); }

  void CallSettled(uint64_t call_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) override;
  void GuestPromiseSettled(uint64_t promise_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) override;
  void PostHostCall(HostCall call) override;
  void GuestPromisesFailed(std::vector<uint64_t> promise_ids, Stop stop) override;
  void PostCollection(std::shared_ptr<ReplySlot> slot) override;
  bool CollectHere() override { return false; }
  void ExportReleased(uint64_t function_id, uint64_t count) override;
  void PromiseTaken() override;
  void PostEvent(GuestEvent event) override;
  void IsolateGone() override;
  // No guest runs on a thread of the host.
  HostReply CallHere(HostCall) override { return {}; }
  // Whoever ends a guest there does not take it down there: others wait for the channel.
  bool OnHostThread() const override { return channel_->OnThread(); }
  bool HostThreadEnding() override { return false; }

  // What else is said of the guest.
  void Say(FromCell message) { SayWith(std::move(message), nullptr); }
  // A synchronous call begins, and is over. What it made settles for the host after its answer: that brings it there.
  void BeginRun();
  void SayRan(RanNow message);
  // What the host says, on the channel's thread.
  void OnAcknowledged(const Acknowledged& acknowledged);
  void OnAnswer(uint64_t slot, HostReply reply);
  // The slot that waits; null: none does any more.
  std::shared_ptr<ReplySlot> Waiting(uint64_t slot) const;

 private:
  struct Said {
    FromCell message;
    std::unique_ptr<InFlight> in_flight;
  };

  void SayWith(FromCell message, std::unique_ptr<InFlight> in_flight);
  void SaySettled(FromCell message, std::unique_ptr<InFlight> in_flight);
  // These need say_mutex_.
  void SayNow(Said said);
  void WriteConsole();
  void Write(FromCell& message);
  GuestUse Use() const;

  const std::shared_ptr<Channel> channel_;
  const uint64_t id_;
  const std::function<void()> gone_;
  std::atomic<GuestPort*> guest_{nullptr};

  std::mutex say_mutex_;  // guards the order of what is said, and these; before the channel's
  bool said_gone_ = false;
  size_t runs_ = 0;
  std::vector<Said> after_run_;

  mutable std::mutex mutex_;  // guards the rest; leaf lock
  uint64_t next_slot_ = 1;
  std::unordered_map<uint64_t, std::shared_ptr<ReplySlot>> slots_;
  std::unordered_map<uint64_t, std::unique_ptr<OpenCall>> open_;
  std::deque<std::unique_ptr<InFlight>> answers_;
};

}  // namespace isolet::wire
