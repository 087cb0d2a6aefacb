// What the host is done with of a guest in a cell: answers it has read, host calls that are not open any more. Each
// comes from whoever held it, on any thread, and goes to the cell with the next frame; by itself only if much of it has
// come together.
//
// The counts are kept here too, as InFlight and OpenCall, by the host's own bounds: a cell that goes beyond them is
// none. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "calls/guest_options.h"
#include "calls/in_flight.h"
#include "wire/to_cell.h"

namespace isolet::wire {

class Acknowledgements final : public std::enable_shared_from_this<Acknowledgements> {
 public:
  // `send`: enough is there for a frame of its own; called without a lock.
  Acknowledgements(const GuestOptions& options, std::function<void(Acknowledged)> send);
  Acknowledgements(const Acknowledgements&) = delete;
  Acknowledgements& operator=(const Acknowledgements&) = delete;

  // An answer of so many bytes that waits for the host from now on. Null: there can't be so many. `counted`: the cell
  // waits to hear that it was read.
  std::unique_ptr<InFlight> Answer(size_t bytes, bool counted);
  // A host call, by its promise or its slot. Null: there can't be so many, or there is this one.
  std::unique_ptr<OpenCall> Open(uint64_t id, size_t bytes);

  // For the next frame.
  Acknowledged Take();
  // Nobody is there to be told.
  void End() { ended_.store(true, std::memory_order_relaxed); }

 private:
  struct Note;

  void WasRead(bool counted, size_t bytes);
  void WasClosed(uint64_t id, size_t bytes);

  const size_t most_answer_bytes_;
  const size_t most_call_bytes_;
  const std::function<void(Acknowledged)> send_;
  const std::shared_ptr<std::atomic<size_t>> answer_bytes_ = std::make_shared<std::atomic<size_t>>(0);
  const std::shared_ptr<std::atomic<size_t>> call_bytes_ = std::make_shared<std::atomic<size_t>>(0);
  std::atomic<bool> ended_{false};
  std::mutex mutex_;  // guards the rest; leaf lock
  std::unordered_set<uint64_t> open_;
  Acknowledged done_;
  size_t bytes_ = 0;  // what it frees in the cell
};

}  // namespace isolet::wire
