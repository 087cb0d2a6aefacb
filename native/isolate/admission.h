// Who may open a runtime: process-wide bounds, far below where V8 or the system would end the process, on the isolates
// that live and that were ever made, on what their memory limits add up to, and on those that were lost.
//
// Any thread. A ticket is taken before the isolate exists and given back when it is gone; a lost guest keeps its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

#include "calls/outcome.h"

namespace isolet {

class Admission {
 public:
  struct Limits {
    size_t isolates;
    size_t reserved_bytes;  // sum of the limits of all guests that live
    size_t lost;
  };

  class Ticket {
   public:
    explicit Ticket(size_t bytes) : bytes_(bytes) {}
    ~Ticket() { Admission::Get().GiveBack(bytes_); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    const size_t bytes_;
  };

  static Admission& Get();

  // A guest with this limit (bytes, 0 = V8's own).
  std::variant<std::unique_ptr<Ticket>, CapacityFailure> Admit(size_t max_heap_size);

  // Whether one more could come in.
  bool HasRoom(size_t max_heap_size) const;

  // Holds for those that come later; nobody is sent away.
  void SetLimits(const Limits& limits);
  Limits limits() const;
  size_t reserved_bytes() const;

  // A guest was lost with its thread. Past the limit no new one is made.
  void NoteLost() { lost_.fetch_add(1, std::memory_order_relaxed); }
  size_t lost_count() const { return lost_.load(std::memory_order_relaxed); }

 private:
  Admission() = default;
  void GiveBack(size_t bytes);
  // Why a guest that counts so many bytes can't come in, if it can't. Needs mutex_.
  std::optional<CapacityFailure> Refusal(size_t bytes) const;

  mutable std::mutex mutex_;  // guards what is below, except lost_; leaf lock
  // V8 of Node 24 aborts somewhere above 4,000 isolates.
  Limits limits_{3000, size_t{1} << 40, 64};
  size_t admitted_ = 0;
  size_t reserved_ = 0;
  std::atomic<size_t> lost_{0};
};

}  // namespace isolet
