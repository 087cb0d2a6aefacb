// A thread that keeps what a mailbox's turn held (V8's lock on an isolate) when the turn is over, until the mailbox
// wants it back: its next turn on that thread finds everything as it left it.
//
// A keeper has nothing else to do meanwhile, or is the thread that asks for the next turn. It keeps one thing at most.
#pragma once

#include <memory>
#include <utility>

#include "threads/runnable.h"

namespace isolet {

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
