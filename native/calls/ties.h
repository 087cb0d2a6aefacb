// What is left of a call when it has its answer: timers, host calls without a reply, imports. As long as there is any,
// the host keeps what belongs to the caller (its asynchronous context), because code of that call will ask for it; then
// it is told that it may forget the call. Calls that leave nothing behind cost nothing here.
//
// The thread that holds the isolate's lock.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace isolet {

class Host;

class CallTies {
 public:
  CallTies() = default;
  CallTies(const CallTies&) = delete;
  CallTies& operator=(const CallTies&) = delete;

  // The call is answered now. True: something is left, the host keeps it until CallForgotten. A synchronous call
  // returns before the host reads what the guest said in it; an asynchronous one does not.
  bool Hold(uint64_t call_id, bool synchronous);
  // Something that the host reads when it has time: a console line, a rejection.
  void Said(uint64_t call_id) {
    if (call_id != 0) said_.insert(call_id);
  }
  // After the outermost frame: tells the host of held calls of which nothing is left.
  void Settle(Host& host);
  void Clear();

 private:
  friend class CallTie;
  void Add(uint64_t call_id) { ++ties_[call_id]; }
  void Remove(uint64_t call_id);

  std::unordered_map<uint64_t, uint32_t> ties_;
  std::unordered_set<uint64_t> held_;
  std::unordered_set<uint64_t> said_;  // in this turn
  std::vector<uint64_t> loose_;        // held, and maybe nothing is left
};

// One thing that is left of a call, as long as it lives. It dies before the ties do.
class CallTie {
 public:
  CallTie() = default;
  // `call_id` 0: no call.
  CallTie(CallTies& ties, uint64_t call_id) : ties_(call_id == 0 ? nullptr : &ties), call_id_(call_id) {
    if (ties_ != nullptr) ties_->Add(call_id_);
  }
  ~CallTie() {
    if (ties_ != nullptr) ties_->Remove(call_id_);
  }
  CallTie(CallTie&& other) noexcept : ties_(std::exchange(other.ties_, nullptr)), call_id_(other.call_id_) {}
  CallTie& operator=(CallTie&& other) noexcept {
    std::swap(ties_, other.ties_);
    std::swap(call_id_, other.call_id_);
    return *this;
  }
  CallTie(const CallTie&) = delete;
  CallTie& operator=(const CallTie&) = delete;

 private:
  CallTies* ties_ = nullptr;
  uint64_t call_id_ = 0;
};

}  // namespace isolet
