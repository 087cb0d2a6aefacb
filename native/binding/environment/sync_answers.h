// Answers for the environment's thread while it waits for one call: they go past the inbox, which it does not empty
// meanwhile. Take may be called from any thread, the rest on the environment's.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "calls/outcome.h"
#include "threads/mailbox.h"

namespace isolet {

class SyncAnswers {
 public:
  SyncAnswers() = default;
  SyncAnswers(const SyncAnswers&) = delete;
  SyncAnswers& operator=(const SyncAnswers&) = delete;

  // While it lives, answers of that call of that runtime come here.
  class Expected {
   public:
    Expected(SyncAnswers& answers, uint64_t serial, uint64_t call_id, TurnWaiter& waiter)
        : answers_(answers), key_(serial, call_id), waiter_(waiter) {
      std::lock_guard<std::mutex> lock(answers_.mutex_);
      answers_.expected_[key_] = this;
      answers_.count_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Expected() {
      std::lock_guard<std::mutex> lock(answers_.mutex_);
      answers_.expected_.erase(key_);
      answers_.count_.fetch_sub(1, std::memory_order_relaxed);
    }
    Expected(const Expected&) = delete;
    Expected& operator=(const Expected&) = delete;

    // Serves what the guest asks of the host until the answer is there. Every call of the table gets one.
    Outcome Await() {
      for (;;) {
        {
          std::lock_guard<std::mutex> lock(answers_.mutex_);
          if (answer_) return *std::exchange(answer_, std::nullopt);
        }
        if (waiter_.Wait(Watched::kNever)) waiter_.Serve();
      }
    }

   private:
    friend class SyncAnswers;
    SyncAnswers& answers_;
    const std::pair<uint64_t, uint64_t> key_;
    TurnWaiter& waiter_;
    std::optional<Outcome> answer_;  // guarded by answers_.mutex_
  };

  // False: nobody waits for it here, `outcome` stays with the caller.
  bool Take(uint64_t serial, uint64_t call_id, Outcome* outcome) {
    if (count_.load(std::memory_order_relaxed) == 0) return false;
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = expected_.find({serial, call_id});
    if (found == expected_.end()) return false;
    found->second->answer_ = std::move(*outcome);
    found->second->waiter_.Wake();
    return true;
  }

 private:
  std::mutex mutex_;  // guards expected_ and their answers; before the inbox's, after every lock of the engine
  std::map<std::pair<uint64_t, uint64_t>, Expected*> expected_;
  std::atomic<int> count_{0};
};

}  // namespace isolet
