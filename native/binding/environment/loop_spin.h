// Keeps the event loop awake for a moment instead of letting it sleep, when the engine's answers come sooner than a
// thread can be put to sleep and woken. The environment's thread only.
//
// The loop is never held while anything else is ready, at most kSpin per round otherwise; each round still polls. When
// answers take longer than that, or other programs want the processor, it stops trying for longer and longer.
#pragma once

#include <uv.h>

#include "binding/environment/inbox.h"
#include "threads/spinner.h"

namespace isolet {

class LoopSpin {
 public:
  // `deliver(data)` empties the inbox. Both outlive this.
  LoopSpin(Inbox& inbox, void (*deliver)(void* data), void* data) : inbox_(inbox), deliver_(deliver), data_(data) {}
  ~LoopSpin() { Close(); }
  LoopSpin(const LoopSpin&) = delete;
  LoopSpin& operator=(const LoopSpin&) = delete;

  // Does nothing where a spinning thread would only take the processor from what it waits for.
  void Open(uv_loop_t* loop);
  void Close();

  // Whether the engine owes an answer.
  void Expect(bool something);

 private:
  struct Handles;

  void BeforePoll();

  Inbox& inbox_;
  void (*const deliver_)(void* data);
  void* const data_;
  Handles* handles_ = nullptr;  // freed by libuv's close callbacks
  Spinner spinner_;
};

}  // namespace isolet
