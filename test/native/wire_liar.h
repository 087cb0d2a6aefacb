// A cell whose end is written by hand.
#pragma once

#include <unistd.h>

#include <memory>
#include <thread>
#include <utility>

#include "check.h"
#include "wire_ends.h"

namespace isolet::test {

// The first guest of the link has the number 1.
class Liar : public HostEnd {
 public:
  explicit Liar(GuestOptions options = SmallOptions(), wire::CellLink::Patience patience = {},
                wire::CellLink::Outside outside = {})
      : HostEnd(patience, std::move(outside)) {
    std::thread answer([this] { SayCreated(1); });
    guest = Make(host, std::move(options));
    answer.join();
    EXPECT(guest != nullptr);
  }
  ~Liar() { close(other); }

  void Say(wire::FromCell message, uint64_t from = 1) {
    const wire::Frame frame = wire::Write(from, message);
    SayBytes(frame.data(), frame.size());
  }
  // When somebody has asked.
  void SayCreated(uint64_t id) {
    char asked[4096];
    EXPECT(recv(other, asked, sizeof(asked), 0) > 0);
    Say(wire::Created{}, id);
  }
  // False: nobody reads any more.
  bool SayBytes(const void* data, size_t size) {
    const auto* at = static_cast<const uint8_t*>(data);
    while (size > 0) {
      const ssize_t sent = send(other, at, size, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      at += sent;
      size -= static_cast<size_t>(sent);
    }
    return true;
  }
  void Start(uint64_t id) { guest->Start(id, CallKind::kEvalAsync, {}, Script("x")); }
  // With a function of the host for the guest.
  void Give(uint64_t id, uint64_t function) {
    value::Message message = MessageOf("arguments");
    message.handles.push_back({value::HandleKind::kHostFunction, 0, function, "", 0});
    guest->Start(id, CallKind::kCallAsync, {}, std::make_unique<FormProgram>(CallForm{3, std::move(message)}));
  }
  void Answer(uint64_t id, Outcome outcome = MessageOf("answer")) {
    Say(wire::SettledCall{id, false, {}, std::move(outcome)});
  }

  // It was found out, and everybody was answered.
  void IsFoundOut() {
    EXPECT(Eventually([&] { return host->gone == 1; }));
    EXPECT(owner->times == 1 && owner->misbehaved());
    EXPECT(guest->final_stop()->reason == StopReason::kCellDied);
  }
  // What was said up to now was believed.
  void IsBelieved() {
    const uint64_t id = next_++;
    Start(id);
    Answer(id);
    EXPECT(host->Answered(id) && host->TextOf(id) == "answer" && owner->times == 0);
  }

  const std::shared_ptr<NotingHost> host = std::make_shared<NotingHost>();
  std::shared_ptr<GuestPort> guest;

 private:
  uint64_t next_ = 1000;
};

}  // namespace isolet::test
