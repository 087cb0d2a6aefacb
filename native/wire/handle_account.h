// What a host and one guest in a cell have of each other, as the host's side saw it cross: functions and streams of the
// guest that are held here, its promises, functions of the host that the guest holds. What a frame of the cell names
// has to be among it, and is never more than the guest's options allow. So an id that was given to somebody else does
// not exist, and nothing is given back twice. A guest may name what it has just given back, on another way: ids are
// given out in order, and what was given out once is told from what never was.
//
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "calls/outcome.h"
#include "value/message.h"

namespace isolet::wire {

class HandleAccount {
 public:
  // How many of the guest's may be held here; 0: any number.
  explicit HandleAccount(size_t most_held) : most_(most_held) {}
  HandleAccount(const HandleAccount&) = delete;
  HandleAccount& operator=(const HandleAccount&) = delete;

  // --- On its way to the guest. ---

  void Sent(const value::Message& message);
  // A reply names an error of the host that the guest may name again.
  void SentError(uint64_t host_error);
  // The host gives back what it holds of the guest's.
  void LetGo(value::HandleKind kind, uint64_t id, uint64_t count);

  // --- From the guest. False: it can't be. ---

  bool Arrived(const value::Message& message);
  bool Arrived(const Outcome& outcome);
  // The guest gives back arrivals of a function of the host.
  bool Released(uint64_t function_id, uint64_t count);
  // A promise of the guest has settled: whether it is held here. `known`: it was, or has been let go; else nobody here
  // has heard of it, because the value that it was in did not come.
  bool Settled(uint64_t promise_id, bool* known);
  // The guest may call it.
  bool MayCall(uint64_t function_id) const;

  // Functions that were sent since this was last asked with `anew`.
  size_t arrived() const;
  void LookAnew();

  size_t held() const;

 private:
  bool ArrivedOne(const value::Handle& handle);

  const size_t most_;
  mutable std::mutex mutex_;                     // guards the rest; leaf lock
  std::unordered_map<uint64_t, uint64_t> held_;  // arrivals of the guest's functions and streams
  std::unordered_set<uint64_t> promises_;
  uint64_t unwanted_ = 0;  // promises that were let go: the guest may have settled them before it knew
  std::unordered_map<uint64_t, uint64_t> sent_;  // arrivals of the host's functions and streams in the guest
  uint64_t last_function_ = 0;
  uint64_t last_error_ = 0;
  size_t arrived_ = 0;
};

}  // namespace isolet::wire
