// The threads of the process that are not the engine's, when a guest is lost: V8's helpers among them may be collecting
// or compiling for it. Its memory may go when they are done with that, which nobody says.
//
// One thread, of lost/lost_threads.h.
#pragma once

#include <cstdint>
#include <vector>

#include "progress/thread_look.h"

namespace isolet {

class Bystanders {
 public:
  // Those there are now.
  Bystanders();
  // Each of them sleeps at this moment, is gone, or has worked since for longer than a helper has to do at a time.
  bool Done() const;

 private:
  struct One {
    SystemThread thread;
    int64_t worked;  // nanoseconds, by then
  };
  std::vector<One> all_;
};

}  // namespace isolet
