// The promises of one guest that the host holds and that have not settled. Held weakly as long as nobody waits for
// them: one that the host drops unread costs the guest nothing any more. One that somebody waits for is kept, and keeps
// its runtime. What is left when the guest ends fails with one error for all, so many in a turn of the event loop.
//
// The environment's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "calls/outcome.h"
#include "v8/v8.h"

namespace isolet {

class RuntimeCore;

class GuestPromises {
 public:
  explicit GuestPromises(RuntimeCore& core) : core_(core) {}
  GuestPromises(const GuestPromises&) = delete;
  GuestPromises& operator=(const GuestPromises&) = delete;

  // Empty: an exception is pending, and the promise was given back.
  v8::MaybeLocal<v8::Promise> Arrive(uint64_t id);
  // How many have arrived so far.
  uint64_t arrived() const { return arrived_; }
  // Not held any more; to be settled. Empty if the host has dropped it.
  v8::Local<v8::Promise::Resolver> Take(uint64_t id);
  // These, or all, fail with `stop`, from now on.
  void Fail(const std::vector<uint64_t>& ids, Stop stop);
  void FailAll(Stop stop);
  bool failing() const { return !failing_.empty(); }
  // The next of those that fail; a later turn of the event loop does the rest.
  void FailSome();

  // Before any collection of the host: keeps those that somebody waits for.
  void KeepAwaited(v8::Isolate* isolate);

 private:
  struct Entry {
    v8::Global<v8::Promise::Resolver> resolver;
    GuestPromises* table = nullptr;
    uint64_t id = 0;
  };
  using Entries = std::unordered_map<uint64_t, std::unique_ptr<Entry>>;
  struct Failing {
    v8::Global<v8::Promise::Resolver> resolver;
    std::shared_ptr<v8::Global<v8::Value>> error;
  };

  static void OnCollected(const v8::WeakCallbackInfo<Entry>& info);
  // The error for all of them; null if the environment ends.
  std::shared_ptr<v8::Global<v8::Value>> ErrorFor(Stop stop);
  void FailEntries(Entries* entries, Stop stop);

  RuntimeCore& core_;
  uint64_t arrived_ = 0;
  // Entries have stable addresses: the weak callback refers to them.
  Entries unread_;   // weak
  Entries awaited_;  // kept
  std::deque<Failing> failing_;
};

}  // namespace isolet
