// What a cell says its guests have computed, held against what the kernel says its process has. Both have their right
// to differ: V8 collects and compiles on threads of its own, and a frame takes time at both ends. What is beyond that
// is charged to the guests of the cell, and what is computed while nothing was asked is bounded.
//
// Claims: any thread. The kernel's: the channel's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace isolet::wire {

class ProcessorAccount {
 public:
  // Nanoseconds that need no claim, beside as much again as was claimed.
  static constexpr int64_t kSlack = int64_t{1} * 1000 * 1000 * 1000;
  // Of a processor, that what guests leave behind may take while nothing is asked: each, and V8 itself.
  static constexpr double kUnasked = 0.3;
  // Beyond that, in nanoseconds.
  static constexpr int64_t kMostUnasked = int64_t{10} * 1000 * 1000 * 1000;

  ProcessorAccount() = default;
  ProcessorAccount(const ProcessorAccount&) = delete;
  ProcessorAccount& operator=(const ProcessorAccount&) = delete;

  // A guest says that it has computed so much more. Answers what it is charged with in addition.
  int64_t Claimed(int64_t more);
  // The process has computed so much since it began. False: it computes too much that nobody asked for.
  enum class Work : uint8_t { kAsked, kAnswered, kNone };  // something is expected of it; or was since the last time
  bool Used(int64_t total, int64_t now, Work work, size_t guests);

 private:
  // Needs mutex_.
  int64_t Unclaimed() const;

  std::mutex mutex_;  // guards everything below; leaf lock
  bool known_ = false;
  int64_t first_ = 0;
  int64_t used_ = 0;  // nanoseconds that the process has computed since it was first looked at
  int64_t claimed_ = 0;
  int64_t charged_ = 0;
  int64_t owed_ = 0;  // found when all had been answered, and so all that there was to claim had been claimed
  int64_t looked_ = 0;
  int64_t unasked_ = 0;
};

}  // namespace isolet::wire
