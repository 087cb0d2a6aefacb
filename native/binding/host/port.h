// The host of one guest, as the engine sees it: everything becomes a task in the inbox of the Node environment that
// owns the runtime, which looks the runtime up by its serial number. Any thread, except CallHere.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "binding/environment/inbox.h"
#include "binding/environment/sync_answers.h"
#include "calls/host.h"
#include "threads/thread.h"

namespace isolet {

class HostPort final : public Host {
 public:
  HostPort(Environment& environment, uint64_t serial);
  HostPort(const HostPort&) = delete;
  HostPort& operator=(const HostPort&) = delete;

  void CallSettled(uint64_t call_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) override;
  void GuestPromiseSettled(uint64_t promise_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) override;
  void GuestPromisesFailed(std::vector<uint64_t> promise_ids, Stop stop) override;
  void PostCollection(std::shared_ptr<ReplySlot> slot) override;
  bool CollectHere() override;
  void PostHostCall(HostCall call) override;
  void ExportReleased(uint64_t function_id, uint64_t count) override;
  void PromiseTaken() override;
  void PostEvent(GuestEvent event) override;
  void IsolateGone() override;
  HostReply CallHere(HostCall call) override;
  bool OnHostThread() const override { return ThreadNumber() == thread_; }
  bool HostThreadEnding() override;

 private:
  template <typename Body>
  bool Post(Body body, bool urgent = false);

  Environment* const environment_;  // used on its own thread only
  const std::shared_ptr<Inbox> inbox_;
  const std::shared_ptr<SyncAnswers> sync_answers_;
  const uint64_t serial_;
  const uint64_t thread_;
};

}  // namespace isolet
