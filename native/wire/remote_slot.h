// Stands here for the slot of a thread that waits in a cell for its host: the answer becomes a frame. The host's
// thread; Close any.
#pragma once

#include <cstdint>
#include <memory>

#include "calls/reply_slot.h"
#include "wire/remote_guest.h"

namespace isolet::wire {

class RemoteSlot final : public ReplySlot {
 public:
  RemoteSlot(std::weak_ptr<RemoteGuest> guest, uint64_t id) : guest_(std::move(guest)), id_(id) {}

  bool Answer(HostReply* reply) override {
    std::shared_ptr<RemoteGuest> guest = guest_.lock();
    return guest && guest->AnswerHere(id_, reply);
  }
  // Work for the thread that waits is sent with the number of its slot (RunNowCall::inside).
  bool Offer(Job) override { return false; }

  uint64_t id() const { return id_; }

 private:
  const std::weak_ptr<RemoteGuest> guest_;
  const uint64_t id_;
};

}  // namespace isolet::wire
