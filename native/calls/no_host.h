// The host of a guest that nobody has: one that is made ahead, or stands in for an isolate. Any thread.
#pragma once

#include <memory>
#include <vector>

#include "calls/host.h"

namespace isolet {

class NoHost : public Host {
 public:
  void CallSettled(uint64_t, Outcome, std::unique_ptr<InFlight>) override {}
  void GuestPromiseSettled(uint64_t, Outcome, std::unique_ptr<InFlight>) override {}
  void PostHostCall(HostCall) override {}
  void GuestPromisesFailed(std::vector<uint64_t>, Stop) override {}
  void PostCollection(std::shared_ptr<ReplySlot>) override {}
  bool CollectHere() override { return false; }
  void ExportReleased(uint64_t, uint64_t) override {}
  void PromiseTaken() override {}
  void PostEvent(GuestEvent) override {}
  void IsolateGone() override {}
  HostReply CallHere(HostCall) override { return {}; }
  bool OnHostThread() const override { return false; }
  bool HostThreadEnding() override { return false; }
};

}  // namespace isolet
