// What the host holds of a guest: functions, streams (each as a function that reads it), promises that have not
// settled. Bounds how many there are, and charges the guest for what they take of the host's memory. What the host has
// let go is taken in here; before a guest is refused or ended for what is held, the host is asked to look for what it
// has dropped.
//
// The holder of the isolate's lock, except LetGo and size.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "value/message.h"

namespace isolet {

class Parts;

class HeldHandles {
 public:
  explicit HeldHandles(Parts& parts) : parts_(parts) {}
  HeldHandles(const HeldHandles&) = delete;
  HeldHandles& operator=(const HeldHandles&) = delete;

  // About what one takes in the host: a function with its handle and name; a promise.
  static constexpr size_t kFunctionBytes = 1024;
  static constexpr size_t kPromiseBytes = 512;

  // One more; or why not. May collect in the guest and in the host, and wait for that; what was let go is taken in.
  std::optional<value::Failure> Take(size_t bytes);
  // The host does not hold it any more.
  void Give(size_t bytes, size_t count = 1);
  // Any thread.
  size_t size() const { return size_.load(std::memory_order_relaxed); }

  // The host gives back `count` arrivals of a function or stream, or a promise. Any thread; once for several until
  // TakeIn has run it answers true: there has to be a turn that calls it.
  bool LetGo(value::HandleKind kind, uint64_t id, uint64_t count);
  void TakeIn();

  // The host looks for what it has dropped; waits for it and takes it in.
  void Collect();
  // After a full collection of the guest, which has left so many bytes alive: those that the host holds may be dead.
  void AfterCollection(size_t alive);

 private:
  struct Returned {
    value::HandleKind kind;
    uint64_t id;
    uint64_t count;
  };

  bool Fits() const;
  // Whether asking makes sense: something is held, and was not yet when it last came to nothing.
  bool WorthAsking() const { return size() > 0 && taken_ != useless_at_; }
  // Whether the host has looked.
  bool AwaitHost();

  Parts& parts_;
  std::atomic<size_t> size_{0};
  uint64_t taken_ = 0;                // ever
  uint64_t posted_at_ = UINT64_MAX;   // taken_ when the host was last asked and nobody waited
  uint64_t useless_at_ = UINT64_MAX;  // and when it last had dropped nothing
  std::mutex mutex_;                  // guards returned_; leaf lock
  std::vector<Returned> returned_;
};

}  // namespace isolet
