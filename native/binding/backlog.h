// What one turn of the event loop had no time for. Runtimes take turns, so that one with a long queue holds up nobody
// but itself; the tasks of one stay in order. The environment's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include "binding/inbox.h"

namespace isolet {

class Backlog {
 public:
  Backlog() = default;
  Backlog(const Backlog&) = delete;
  Backlog& operator=(const Backlog&) = delete;

  bool empty() const { return turns_.empty(); }
  void Add(std::unique_ptr<HostTask> task);
  // Of the runtime whose turn it is; there is one.
  std::unique_ptr<HostTask> Next();
  void Clear();

 private:
  std::unordered_map<uint64_t, Inbox::Batch> queues_;  // by runtime; none is empty
  std::deque<uint64_t> turns_;                         // each of them once
};

}  // namespace isolet
