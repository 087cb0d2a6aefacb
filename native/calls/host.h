// What a guest asks of its host, and how it reports. The engine calls it; the addon implements it.
//
// Every method may be called on any thread and must not block or run JavaScript, except CallHere.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "calls/gate.h"
#include "calls/outcome.h"
#include "value/message.h"

namespace isolet {

class IsolateLock;

enum class HostCallMode : uint32_t { kAuto = 0, kSync = 1, kAsync = 2 };

// What a host function answered.
struct HostReply {
  bool threw = false;
  value::Message value;     // the result, or what was thrown
  uint64_t host_error = 0;  // threw: names the host's Error object, 0 = none
};

// Where a guest thread waits for the reply of a blocking host call. The host may hand it work for the same guest in the
// meantime (it holds the isolate, nobody else can run it).
class ReplySlot final : public Interruptible {
 public:
  using Job = std::function<void(const IsolateLock&)>;

  ReplySlot() = default;
  ReplySlot(const ReplySlot&) = delete;
  ReplySlot& operator=(const ReplySlot&) = delete;

  // Host side. False if nobody waits any more: the caller keeps what it brought.
  bool Answer(HostReply* reply);
  // False if nobody waits any more; else `job` will be run, or `dropped` be called.
  bool Offer(Job job);
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

// Bytes that wait for the host, or calls that it works on; given back when whatever holds them is done.
class InFlight {
 public:
  InFlight(std::shared_ptr<std::atomic<size_t>> total, size_t amount) : total_(std::move(total)), amount_(amount) {
    total_->fetch_add(amount_, std::memory_order_relaxed);
  }
  ~InFlight() { total_->fetch_sub(amount_, std::memory_order_relaxed); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  const std::shared_ptr<std::atomic<size_t>> total_;
  const size_t amount_;
};

// A host call that is not answered: one of so many, and the bytes of its arguments.
struct OpenCall {
  OpenCall(std::shared_ptr<std::atomic<size_t>> calls, std::shared_ptr<std::atomic<size_t>> all_bytes, size_t size)
      : call(std::move(calls), 1), bytes(std::move(all_bytes), size) {}
  InFlight call;
  InFlight bytes;
};

// What the program of the web's APIs asks the host, where host functions have their ids; those start above it.
inline constexpr uint64_t kWebHostFunction = 1;

struct HostCall {
  uint64_t function_id = 0;
  uint64_t call_id = 0;  // the call it was made in, 0 = unknown
  HostCallMode mode = HostCallMode::kAuto;
  value::Message arguments;
  std::shared_ptr<ReplySlot> slot;  // blocking
  uint64_t promise_id = 0;          // asynchronous: answer with Guest::SettleHostPromise
  // Until the promise that the host function returned, if it did, has settled: also when nobody waits for it any more.
  std::unique_ptr<OpenCall> open;
};

struct ConsoleLine {
  enum class Level : uint8_t { kDebug, kLog, kInfo, kWarn, kError, kTrace };
  Level level = Level::kLog;
  const char* method = "log";  // static
  uint32_t depth = 0;          // groups that are open
  std::string stack;           // of console.trace
  value::Message arguments;    // a list
  uint64_t call_id = 0;        // whose code wrote it, 0 = unknown
};

// Lines were dropped because the host did not read fast enough.
struct ConsoleDropped {
  uint64_t lines = 0;
};

// Something waits in Console::Next, or did.
struct ConsoleNews {};

// The guest threw where nobody catches: a rejected promise without a handler, a timer, a microtask; or a limit ended
// such work.
struct UnhandledRejection {
  size_t bytes = 0;  // counted as unread, see Rejections::EventRead
  Outcome error;
  uint64_t call_id = 0;  // in which it happened, 0 = unknown
};

// A call is answered next, and some of it is left in the guest (calls/ties.h).
struct CallHeld {
  uint64_t call_id = 0;
};
// Nothing is left of it any more.
struct CallForgotten {
  uint64_t call_id = 0;
};

struct Ended {
  Stop why;
};

struct Fatal {
  std::string message;
};

using GuestEvent = std::variant<ConsoleNews, UnhandledRejection, CallHeld, CallForgotten, Ended, Fatal>;

class Host {
 public:
  virtual ~Host() = default;

  // `in_flight`, if any, counts what the answer takes until the host has read it.
  virtual void CallSettled(uint64_t call_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) = 0;
  virtual void GuestPromiseSettled(uint64_t promise_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) = 0;
  virtual void PostHostCall(HostCall call) = 0;
  // What all these promises became.
  virtual void GuestPromisesFailed(std::vector<uint64_t> promise_ids, Stop stop) = 0;
  // Asks the host's garbage collector to look for what it holds of the guest's. `slot`, if any, is answered then; as a
  // throw if it will not so soon after the last time.
  virtual void PostCollection(std::shared_ptr<ReplySlot> slot) = 0;
  // The same on the host's own thread, now. False: not so soon.
  virtual bool CollectHere() = 0;
  // `count` arrivals of a host function are given back.
  virtual void ExportReleased(uint64_t function_id, uint64_t count) = 0;
  // The guest has taken in what SettleHostPromise brought (or ended).
  virtual void PromiseTaken() = 0;
  virtual void PostEvent(GuestEvent event) = 0;
  // The isolate is gone.
  virtual void IsolateGone() = 0;

  // A synchronous call runs on the host's own thread and calls a host function: on that thread, may run JavaScript.
  virtual HostReply CallHere(HostCall call) = 0;
  virtual bool OnHostThread() const = 0;
  // On the host's thread, in the middle of a guest that runs there: is the thread itself asked to end?
  virtual bool HostThreadEnding() = 0;
};

}  // namespace isolet
