// The cell's end: makes guests as its host asks, and asks them what the host does. What a guest says goes the other way
// (wire/cell_host.h).
//
// Threads
//   1. Frames and the end: the channel's thread, which never waits for a guest. Creations run on threads of the
//      executor, synchronous calls wait on some of their own (wire/call_waiters.h).
//   2. To be opened before the process seals itself: the channel needs a thread and a descriptor.
// Lifetime
//   3. The channel's thread keeps the server until its host has gone. Then every guest is closed and `ended` called.
//   4. A guest is in the table until it is gone; the last reference is dropped on the channel's thread, because the
//      guest itself says that it is gone.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "wire/call_waiters.h"
#include "wire/cell_host.h"
#include "wire/channel.h"
#include "wire/guest_maker.h"

namespace isolet::wire {

class CellServer final : public Channel::Reader, public std::enable_shared_from_this<CellServer> {
 public:
  // Takes the socket over. False: the system refuses. `ended`: on the channel's thread, once.
  static bool Open(int socket, std::shared_ptr<GuestMaker> maker, std::function<void()> ended);

  bool OnFrame(std::span<const uint8_t> frame) override;
  void OnEnd(Why why) override;

  CellServer(std::shared_ptr<Channel> channel, std::shared_ptr<GuestMaker> maker, std::function<void()> ended)
      : channel_(std::move(channel)), maker_(std::move(maker)), ended_(std::move(ended)) {}
  CellServer(const CellServer&) = delete;
  CellServer& operator=(const CellServer&) = delete;

 private:
  class Creations;
  struct Creation {
    uint64_t id;
    GuestOptions options;
    std::shared_ptr<Host> host;
  };
  struct Entry {
    std::shared_ptr<GuestPort> guest;  // null: it is being made
    std::shared_ptr<CellHost> host;
  };
  using Entries = std::unordered_map<uint64_t, Entry>;

  bool Create(uint64_t id, CreateGuest& create);
  void Created(uint64_t id, std::optional<GuestPort::Made> made);
  // One after the other; nothing: there is none, and the next begins anew.
  std::optional<Creation> NextCreation();
  void Left(uint64_t id);

  const std::shared_ptr<Channel> channel_;
  const std::shared_ptr<GuestMaker> maker_;
  const std::function<void()> ended_;
  const std::shared_ptr<CallWaiters> waiters_ = std::make_shared<CallWaiters>();
  // The channel's thread.
  std::unordered_map<uint64_t, std::shared_ptr<const std::vector<char>>> snapshots_;

  std::mutex mutex_;  // guards the rest; after every lock of the engine
  Entries guests_;
  std::vector<Entry> left_;  // to be dropped
  std::deque<Creation> creations_;
  bool creating_ = false;
  bool over_ = false;
};

}  // namespace isolet::wire
