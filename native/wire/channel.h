// One end of the socket between a host and a cell: sends frames, and hands out
// the frames that come, on a thread of its own. What is sent goes out on the
// calling thread where the socket takes it, else the channel's thread sends it
// later, in order. What may wait goes out with the rest of a burst
// (threads/burst.h). Linux; elsewhere there is none.
//
// Threads: Send, unsent, Hurry, End any; the rest before Start. Lifetime: its thread
// keeps the channel and its reader until OnEnd has returned, which is called
// exactly once, last.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>

#include "threads/burst.h"
#include "value/bytes.h"
#include "wire/frames.h"

namespace isolet::wire {

// Whether a frame may go out with others of the same burst; of a trifle nobody needs to hear before.
enum class Haste : uint8_t { kNow, kWithOthers, kTrifle };

class Channel final : public Burst::Writer, public std::enable_shared_from_this<Channel> {
 public:
  // On the channel's thread.
  class Reader {
   public:
    virtual ~Reader() = default;
    // Without its length. False: it is none, and nothing that comes after is
    // read.
    virtual bool OnFrame(std::span<const uint8_t> frame) = 0;
    // When it is time, for the first time at the start: answers when it is time again.
    virtual int64_t OnTime(int64_t) { return INT64_MAX; }
    enum class Why : uint8_t { kClosed, kEnded, kBadFrame, kTooLong };
    virtual void OnEnd(Why why) = 0;
  };

  static constexpr const char* kThreadName = "isolet-wire";

  // Takes the socket over. Null: the system refuses.
  static std::shared_ptr<Channel> Open(int socket);
  explicit Channel(int socket, int bell) : socket_(socket), bell_(bell) {}
  ~Channel() override;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // No frame may be longer: by what is known when its length is read.
  void set_longest(size_t bytes) { longest_.store(bytes, std::memory_order_relaxed); }
  size_t longest() const { return longest_.load(std::memory_order_relaxed); }
  // False: the system has no thread.
  bool Start(std::shared_ptr<Reader> reader);
  // False: it has ended.
  bool Send(Frame frame, Haste haste = Haste::kNow);
  // What waits for the end of a burst.
  void WriteNow() override;
  // Bytes that the other end has not taken.
  size_t unsent() const { return unsent_.load(std::memory_order_relaxed); }
  // It is time now. Any thread.
  void Hurry();
  // Nothing is sent or read from here on.
  void End();
  // Is the calling thread the channel's?
  bool OnThread() const;

 private:
  void Main(Reader& reader);
  Reader::Why Run(Reader& reader);
  // Reads what there is. False: `why` says how it ends.
  bool ReadSome(Reader& reader, Reader::Why* why);
  bool HandOut(Reader& reader, Reader::Why* why);
  // What goes out next, where it is or, if it is several frames, copied to `room`. Needs mutex_.
  std::span<const uint8_t> Together(std::span<uint8_t> room) const;
  // What the socket takes of what waits. False: it takes nothing any more. Needs mutex_.
  bool Push();
  // The same, and who else has to know. Needs mutex_, and gives it back.
  bool PushAll(std::unique_lock<std::mutex>* lock);
  bool Flush();
  // Needs mutex_.
  void Ring();
  void Close();
  // From here on nothing waits longer than a moment, or nothing waits at all.
  void LookAfter(bool looks);

  std::atomic<size_t> longest_{0};
  std::atomic<size_t> unsent_{0};
  std::atomic<bool> full_{false};  // the socket; written under mutex_
  std::atomic<bool> ended_{false};
  std::atomic<bool> hurried_{false};
  std::atomic<uint64_t> thread_{0};

  // The channel's thread: what was read and not handed out.
  value::Bytes buffer_;
  size_t from_ = 0;
  size_t to_ = 0;

  std::mutex mutex_;  // guards the rest; after every lock of the engine and of the wire
  int socket_;        // the channel's thread reads it without, and closes it: -1
  int bell_;          // wakes that thread
  std::deque<Frame> queue_;
  size_t sent_ = 0;            // of the first
  size_t held_ = 0;            // of the queue: wait for the end of a burst
  bool looked_after_ = false;  // the channel's thread comes by within a moment
};

}  // namespace isolet::wire
