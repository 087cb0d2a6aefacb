// One end of the socket between a host and a cell: sends frames, and hands out
// the frames that come, on a thread of its own. What is sent goes out on the
// calling thread where the socket takes it, else the channel's thread sends it
// later, in order. Linux; elsewhere there is none.
//
// Threads: Send, unsent, End any; the rest before Start. Lifetime: its thread
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

#include "value/bytes.h"
#include "wire/frames.h"

namespace isolet::wire {

class Channel final : public std::enable_shared_from_this<Channel> {
 public:
  // On the channel's thread.
  class Reader {
   public:
    virtual ~Reader() = default;
    // Without its length. False: it is none, and nothing that comes after is
    // read.
    virtual bool OnFrame(std::span<const uint8_t> frame) = 0;
    enum class Why : uint8_t { kClosed, kEnded, kBadFrame, kTooLong };
    virtual void OnEnd(Why why) = 0;
  };

  // Takes the socket over. Null: the system refuses.
  static std::shared_ptr<Channel> Open(int socket);
  explicit Channel(int socket, int bell) : socket_(socket), bell_(bell) {}
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // No frame may be longer: by what is known when its length is read.
  void set_longest(size_t bytes) { longest_.store(bytes, std::memory_order_relaxed); }
  size_t longest() const { return longest_.load(std::memory_order_relaxed); }
  // False: the system has no thread.
  bool Start(std::shared_ptr<Reader> reader);
  // False: it has ended.
  bool Send(Frame frame);
  // Bytes that the other end has not taken.
  size_t unsent() const { return unsent_.load(std::memory_order_relaxed); }
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
  // As much of `frame` from `*at` on as the socket takes. False: it takes
  // nothing any more.
  bool Push(const Frame& frame, size_t* at);
  bool Flush();
  void Ring();

  const int socket_;
  const int bell_;  // wakes the thread
  std::atomic<size_t> longest_{0};
  std::atomic<size_t> unsent_{0};
  std::atomic<bool> ended_{false};
  std::atomic<uint64_t> thread_{0};

  // The channel's thread: what was read and not handed out.
  value::Bytes buffer_;
  size_t from_ = 0;
  size_t to_ = 0;

  std::mutex mutex_;  // guards the rest; after every lock of the engine and of the wire
  std::deque<Frame> queue_;
  size_t sent_ = 0;  // of the first
};

}  // namespace isolet::wire
