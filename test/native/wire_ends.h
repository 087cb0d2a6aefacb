// Both ends of a cell in one process: the host's end with an owner that notes what it hears, and a cell that serves
// guests without an engine.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "check.h"
#include "wire/cell_link.h"
#include "wire/cell_server.h"
#include "wire_scripted_guest.h"

namespace isolet::test {

class NotingOwner final : public wire::CellLink::Owner {
 public:
  void CellEnded(const wire::CellEnd& end) override {
    std::lock_guard<std::mutex> lock(mutex_);
    end_ = end;
    ++times;
  }
  void CellWorn(const std::string&) override { ++worn; }
  std::string why() {
    std::lock_guard<std::mutex> lock(mutex_);
    return end_.why;
  }
  wire::CellEnd::Cause cause() {
    std::lock_guard<std::mutex> lock(mutex_);
    return end_.cause;
  }
  // By what it did or did not do, and not by its host or by itself.
  bool misbehaved() { return cause() != wire::CellEnd::Cause::kEnded && cause() != wire::CellEnd::Cause::kGone; }
  std::atomic<int> times{0};
  std::atomic<int> worn{0};

 private:
  std::mutex mutex_;
  wire::CellEnd end_;
};

inline GuestOptions SmallOptions() {
  GuestOptions options;
  options.max_heap_size = 8 << 20;
  options.transfer.max_bytes = 1 << 20;
  options.max_held_handles = 100;
  options.max_open_host_call_bytes = 1 << 20;
  return options;
}

// The host's end, and the other socket.
class HostEnd {
 public:
  explicit HostEnd(wire::CellLink::Patience patience = {}, wire::CellLink::Outside outside = {}) {
    int sockets[2] = {-1, -1};
    EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    link = wire::CellLink::Open(sockets[0], owner, std::move(outside), patience);
    other = sockets[1];
  }
  ~HostEnd() {
    link->End("the test is over");
    EXPECT(Eventually([&] { return link->ended(); }));
  }
  HostEnd(const HostEnd&) = delete;
  HostEnd& operator=(const HostEnd&) = delete;

  // Null: it was refused.
  std::shared_ptr<GuestPort> Make(const std::shared_ptr<Host>& host, GuestOptions options = SmallOptions()) {
    auto state = std::make_shared<std::pair<std::mutex, std::optional<GuestPort::Made>>>();
    link->Create(std::move(options), host, [state](GuestPort::Made made) {
      std::lock_guard<std::mutex> lock(state->first);
      state->second = std::move(made);
    });
    EXPECT(Eventually([&] {
      std::lock_guard<std::mutex> lock(state->first);
      return state->second.has_value();
    }));
    std::lock_guard<std::mutex> lock(state->first);
    if (!state->second) return nullptr;
    auto* guest = std::get_if<std::shared_ptr<GuestPort>>(&*state->second);
    return guest == nullptr ? nullptr : *guest;
  }

  const std::shared_ptr<NotingOwner> owner = std::make_shared<NotingOwner>();
  std::shared_ptr<wire::CellLink> link;
  int other;
};

// With a cell that serves scripted guests.
class Cell : public HostEnd {
 public:
  explicit Cell(wire::CellLink::Patience patience = {}) : HostEnd(patience) {
    EXPECT(wire::CellServer::Open(other, maker, [over = over] { over->store(true); }));
  }
  ~Cell() {
    link->End("the test is over");
    EXPECT(Eventually([&] { return over->load(); }));
  }
  ScriptedGuest& inside(size_t index = 0) {
    std::lock_guard<std::mutex> lock(maker->mutex);
    return *maker->guests[index];
  }

  const std::shared_ptr<ScriptedMaker> maker = std::make_shared<ScriptedMaker>();
  const std::shared_ptr<std::atomic<bool>> over = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace isolet::test
