// Something that wants turns on worker threads. No V8 here.
#pragma once

#include <cstdint>

namespace isolet {

enum class Urgency : uint8_t { kNormal, kUrgent };  // kUrgent: a thread of the host's waits for it

class Keeper;

// Something that wants a turn on a worker thread. RunTurn is called once for each time it was scheduled.
class Runnable {
 public:
  virtual ~Runnable() = default;
  virtual void RunTurn() = 0;
  // On the thread of a keeper that keeps it; nothing happens if that keeps it no more.
  virtual void GoOn(Keeper&) {}  // it is wanted: runs what is there, or lets go for who waits
  virtual void Quit(Keeper&) {}
};

}  // namespace isolet
