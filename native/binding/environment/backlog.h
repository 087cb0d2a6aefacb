// What one turn of the event loop had no time for. Runtimes take turns, so that one with a long queue holds up nobody
// but itself; the tasks of one stay in order, but replies to it come before what it asks next: what waits in them is
// not counted yet. The environment's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include "binding/environment/inbox.h"

namespace isolet {

class Backlog {
 public:
  Backlog() = default;
  Backlog(const Backlog&) = delete;
  Backlog& operator=(const Backlog&) = delete;

  bool empty() const { return turns_.empty(); }
  void Add(std::unique_ptr<HostTask> task);
  void AddReply(std::unique_ptr<HostTask> task);
  // Of the runtime whose turn it is; there is one.
  std::unique_ptr<HostTask> Next();
  void Clear();

 private:
  struct Queue {
    Inbox::Batch replies;
    Inbox::Batch tasks;
    bool empty() const { return replies.empty() && tasks.empty(); }
  };
  // Of a runtime that is about to get something.
  Queue& QueueOf(uint64_t serial);

  std::unordered_map<uint64_t, Queue> queues_;  // by runtime; none is empty
  std::deque<uint64_t> turns_;                  // each of them once
};

}  // namespace isolet
