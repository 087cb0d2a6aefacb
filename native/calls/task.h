// What a guest's mailbox holds: work for a turn of that guest.
#pragma once

#include "threads/mailbox.h"

namespace isolet {

class IsolateLock;

class Task {
 public:
  virtual ~Task() = default;
  virtual void Run(const IsolateLock& lock) = 0;
  // Whether it runs although the guest was stopped for good.
  virtual bool RunsWhenStopped() const { return false; }
  // Any thread: it has nothing left to do.
  virtual bool Stale() const { return false; }
};

}  // namespace isolet
