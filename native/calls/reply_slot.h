// Where a guest thread waits for the reply of a blocking host call. Guest and host side may be on any threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "calls/gate.h"
#include "value/message.h"

namespace isolet {

class IsolateLock;

// What a host function answered.
struct HostReply {
  bool threw = false;
  value::Message value;     // the result, or what was thrown
  uint64_t host_error = 0;  // threw: names the host's Error object, 0 = none
};

// The host may hand the waiting thread work for the same guest in the meantime: it holds the isolate, nobody else can
// run it.
//
// What the host's side does is virtual: the slot of a guest in a cell is in that cell, and has a stand-in here.
class ReplySlot : public Interruptible {
 public:
  using Job = std::function<void(const IsolateLock&)>;

  ReplySlot() = default;
  ReplySlot(const ReplySlot&) = delete;
  ReplySlot& operator=(const ReplySlot&) = delete;

  // Host side. False if nobody waits any more: the caller keeps what it brought.
  virtual bool Answer(HostReply* reply);
  // False if nobody waits any more; else `job` will be run, or `dropped` be called.
  virtual bool Offer(Job job);
  void Interrupt() override;

  // Guest side: the next thing to do.
  struct Interrupted {};
  std::variant<HostReply, Job, Interrupted> Wait();
  // Nothing if no answer came in so many nanoseconds. No Offer succeeds from here on.
  std::optional<HostReply> AwaitAnswer(int64_t nanoseconds);
  // No Answer and no Offer succeed after this.
  void Close();

 private:
  // Guards everything below. Leaf lock.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool answered_ = false;
  bool interrupted_ = false;
  bool closed_ = false;
  HostReply reply_;
  std::vector<Job> jobs_;
};

}  // namespace isolet
