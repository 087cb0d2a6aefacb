#include "binding/environment/backlog.h"

#include <utility>

namespace isolet {

Backlog::Queue& Backlog::QueueOf(uint64_t serial) {
  Queue& queue = queues_[serial];
  if (queue.empty()) turns_.push_back(serial);
  return queue;
}

void Backlog::Add(std::unique_ptr<HostTask> task) { QueueOf(task->runtime()).tasks.push_back(std::move(task)); }

void Backlog::AddReply(std::unique_ptr<HostTask> task) { QueueOf(task->runtime()).replies.push_back(std::move(task)); }

std::unique_ptr<HostTask> Backlog::Next() {
  const uint64_t serial = turns_.front();
  turns_.pop_front();
  auto found = queues_.find(serial);
  Queue& queue = found->second;
  Inbox::Batch& first = queue.replies.empty() ? queue.tasks : queue.replies;
  std::unique_ptr<HostTask> task = std::move(first.front());
  first.pop_front();
  if (queue.empty()) {
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
