// V8's lock on a guest's isolate. A thread takes it with its first IsolateLock of a turn and has it until the turn is
// over, or longer if it keeps it for the next one (threads/keeper.h).
//
// Taking it anew costs more than many a call. And V8 forgets then what its compiler's threads have asked of the isolate
// while nobody was inside: a function that was optimized meanwhile stays slow until another one is.
//
// The thread that has the turn of the guest's mailbox, or keeps it.
#pragma once

#include <cstdint>
#include <new>

#include "v8/v8.h"

namespace isolet {

class IsolateSeat {
 public:
  IsolateSeat() = default;
  // Nothing is left: a thread that never comes back from its guest has the lock for ever.
  ~IsolateSeat() = default;
  IsolateSeat(const IsolateSeat&) = delete;
  IsolateSeat& operator=(const IsolateSeat&) = delete;

  bool taken() const { return taken_; }
  void Take(v8::Isolate* isolate) {
    if (taken_) return;
    ::new (static_cast<void*>(locker_)) v8::Locker(isolate);
    taken_ = true;
    stack_limit_ = 0;
  }
  // Where V8 stops guest code on this thread's stack. It forgets that when the lock is taken anew, and a little deeper
  // or less deep is as good.
  void SetStackLimit(v8::Isolate* isolate, uintptr_t limit) {
    if (stack_limit_ != 0 && limit <= stack_limit_ && stack_limit_ - limit <= kNear) return;
    isolate->SetStackLimit(limit);
    stack_limit_ = limit;
  }
  // On the thread that has taken it; nobody is inside.
  void Leave() {
    if (!taken_) return;
    taken_ = false;
    std::launder(reinterpret_cast<v8::Locker*>(locker_))->~Locker();
  }

 private:
  static constexpr uintptr_t kNear = 16 * 1024;

  alignas(v8::Locker) unsigned char locker_[sizeof(v8::Locker)];
  bool taken_ = false;
  uintptr_t stack_limit_ = 0;
};

}  // namespace isolet
