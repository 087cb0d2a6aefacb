// A thread that keeps what a mailbox's turn held (V8's lock on an isolate) when the turn is over, until the mailbox
// wants it back: its next turn on that thread finds everything as it left it.
//
// A keeper has nothing else to do meanwhile, or is the thread that asks for the next turn. It keeps one thing at most.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

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

// Everything but Wanted on the keeper's own thread.
class Keeper {
 public:
  Keeper() = default;
  virtual ~Keeper() = default;
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // What it keeps has something to run, or somebody else waits for its turn. Any thread, under the lock without which
  // the keeper can't let go. True: the calling thread is the keeper's and lets go itself, after that lock.
  virtual bool Wanted(Urgency urgency) = 0;

  // At the end of a turn, of the turn's owner.
  void Keep(std::shared_ptr<Runnable> kept) {
    stays_ = true;
    if (kept_ != kept) kept_ = std::move(kept);
  }
  // A turn of `runnable` begins; at its end that is kept, or nothing.
  void Begin(const Runnable& runnable) {
    if (kept_.get() != &runnable) Quit();
    stays_ = false;
  }
  void End() {
    if (!stays_) kept_.reset();
  }
  void Quit() {
    if (std::shared_ptr<Runnable> quit = std::exchange(kept_, nullptr)) quit->Quit(*this);
  }

 protected:
  std::shared_ptr<Runnable> kept_;

 private:
  bool stays_ = false;
};

}  // namespace isolet
