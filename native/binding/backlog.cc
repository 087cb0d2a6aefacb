#include "binding/backlog.h"

#include <utility>

namespace isolet {

void Backlog::Add(std::unique_ptr<HostTask> task) {
  const uint64_t serial = task->runtime();
  Inbox::Batch& queue = queues_[serial];
  if (queue.empty()) turns_.push_back(serial);
  queue.push_back(std::move(task));
}

std::unique_ptr<HostTask> Backlog::Next() {
  const uint64_t serial = turns_.front();
  turns_.pop_front();
  auto found = queues_.find(serial);
  std::unique_ptr<HostTask> task = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty()) {
    queues_.erase(found);
  } else {
    turns_.push_back(serial);
  }
  return task;
}

void Backlog::Clear() {
  turns_.clear();
  queues_.clear();
}

}  // namespace isolet
