// The host's end of a cell: makes guests there, hands each what comes for it, and ends with the cell.
//
// The cell is not believed and not waited for: a frame that can't be, a call that is not answered in time and a cell
// that does not read end it. Whoever owns the process hears of it once and kills it. Every accepted call of every guest
// is answered then, with StopReason::kCellDied; what a host call has open is closed.
//
// Threads
//   1. Create, End, ended and what guests ask: any. Frames and the end: the channel's thread.
//   2. Owner::CellEnded comes once, on any thread, and must not block.
//   3. No lock is held while a Host, an Owner or a TurnWaiter's Serve is called.
//   4. Lock order: the watchdog's, the call table's, then a guest's own (RemoteGuest), its account and
//      acknowledgements, this one, the channel's; the host's inbox after the guest's own.
// Lifetime
//   5. The channel's thread keeps the link until the cell has ended; the owner ends it (End), or it ends by itself.
//   6. A guest is in the table from when it was made until it is gone; its number is never used again.
// What a cell is held to (each is proved by a test that fails without it: npm run test:rules)
//   wire 1. A frame is read to its end, within bounds that the cell has no say in (wire/fields.h, wire/channel.h).
//   wire 2. It is of a guest that is there.
//   wire 3. An answer has a call, and nothing comes of one that was stopped or given up here.
//   wire 4. What it names crossed before, to or from that guest (wire/handle_account.h).
//   wire 5. What waits for the host, and what nobody asked for, is bounded (wire/acknowledgements.h).
//   wire 6. What is asked is answered in time, and what is sent is read.
//   wire 7. However the cell ends, every call is answered and the owner hears of it once.
//   wire 8. The channel's thread keeps the link until then.
//   wire 11, 12. Of memory and of what is computed the kernel's word counts (wire/cell_watch.h).
//   wire 9, 10. In the cell: lines come before what is said after them; what the host has not read stays counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "calls/guest_port.h"
#include "calls/host.h"
#include "threads/watchdog.h"
#include "wire/cell_watch.h"
#include "wire/channel.h"

namespace isolet::wire {

class RemoteGuest;

class CellLink final : public Channel::Reader, public Watched, public std::enable_shared_from_this<CellLink> {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // It has to be killed, whatever the cause is.
    virtual void CellEnded(const CellEnd& end) = 0;
    // A guest in it was given up: its memory is not given back before the cell ends, which it should do when those that
    // are left are done. Once.
    virtual void CellWorn(const std::string& why) = 0;
  };
  struct Patience {
    int64_t grace = int64_t{2} * 1000 * 1000 * 1000;      // beyond a call's own time
    int64_t creation = int64_t{10} * 1000 * 1000 * 1000;  // of a guest, and its end
    int64_t silence = int64_t{5} * 1000 * 1000 * 1000;    // see Pulse
  };
  // Of the process: where its facts come from (null: nothing is known of it), and bytes beyond what it has now, 0 for
  // any number.
  struct Outside {
    std::unique_ptr<ProcessFacts> facts;
    uint64_t most_memory = 0;
  };

  // Takes the socket over. Null: the system refuses.
  static std::shared_ptr<CellLink> Open(int socket, std::shared_ptr<Owner> owner, Outside outside, Patience patience);
  static std::shared_ptr<CellLink> Open(int socket, std::shared_ptr<Owner> owner, Outside outside) {
    return Open(socket, std::move(owner), std::move(outside), Patience());
  }

  using Done = std::function<void(GuestPort::Made)>;
  // `done` is called once, on any thread.
  void Create(GuestOptions options, std::shared_ptr<Host> host, Done done);
  // The cell is not needed any more, or its owner knows why it is not there.
  void End(std::string why);
  bool ended() const { return ended_.load(std::memory_order_acquire); }

  // --- For guests. ---

  // False: it has ended.
  bool Send(uint64_t guest, Acknowledged acknowledged, ToCell message);
  // The cell is done for.
  void Blame(CellEnd::Cause cause, std::string why) { Finish({cause, std::move(why)}); }
  // A guest was given up.
  void Worn(const std::string& why);
  // A guest says that it has computed so much more: what it is charged with in addition.
  int64_t Claimed(int64_t more) { return watch_.Claimed(more); }
  // The watchdog asks the guest's OnDue then.
  void Expect(int64_t due) { Watchdog::Get().Arm(this, due); }
  // More waits for the cell than it is given time for.
  static constexpr size_t kMostUnsent = size_t{64} << 20;
  size_t unsent() const { return channel_->unsent(); }
  bool congested() const { return unsent() > kMostUnsent; }
  const Patience& patience() const { return patience_; }

  // Channel::Reader
  bool OnFrame(std::span<const uint8_t> frame) override;
  int64_t OnTime(int64_t now) override;
  void OnEnd(Channel::Reader::Why why) override;
  // Watched
  int64_t OnDue(int64_t now) override;

  CellLink(std::shared_ptr<Channel> channel, std::shared_ptr<Owner> owner, Outside outside, Patience patience);
  ~CellLink() override;
  CellLink(const CellLink&) = delete;
  CellLink& operator=(const CellLink&) = delete;

 private:
  static constexpr size_t kMostOverdue = 256;  // guests that are over here, and still there

  struct Entry {
    std::shared_ptr<RemoteGuest> guest;
    Done done;  // until it is made
    int64_t due = kNever;
  };

  // The host's time zone has another name than the cell knows.
  void TellTimeZone();
  // The number of a snapshot that the cell has.
  uint64_t Keep(const std::shared_ptr<const std::vector<char>>& snapshot);
  bool OnMade(uint64_t id, FromCell& message);
  void NoteLongest(size_t max_bytes);
  bool OnPong(FromCell& message);
  // What calls are answered with when it has ended.
  Stop DiedStop(Phase phase) const;
  // The first end counts.
  void Finish(CellEnd end);

  const std::shared_ptr<Channel> channel_;
  const std::shared_ptr<Owner> owner_;
  const Patience patience_;
  std::atomic<bool> ended_{false};
  std::atomic<bool> rests_{false};  // it is looked at seldom
  std::atomic<bool> late_{false};   // something is
  std::atomic<bool> worn_{false};
  std::atomic<uint64_t> zones_{0};  // TimeZone::names, as far as the cell was told
  // The channel's thread.
  CellWatch watch_;
  uint64_t last_ping_ = 0;
  uint64_t last_pong_ = 0;

  mutable std::mutex mutex_;  // guards the rest
  std::unordered_map<uint64_t, Entry> guests_;
  uint64_t next_guest_ = 1;
  struct Kept {
    std::weak_ptr<const std::vector<char>> snapshot;
    uint64_t number;
  };
  std::unordered_map<const void*, Kept> snapshots_;
  uint64_t next_snapshot_ = 1;
  std::optional<CellEnd> end_;
};

}  // namespace isolet::wire
