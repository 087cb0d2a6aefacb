// Node's platform as the engine sees it. Any thread.
#pragma once

#include <memory>

#include "isolate/platform.h"

namespace isolet {

// The platform of the environment that the current context belongs to; null if there is none.
std::unique_ptr<IsolatePlatform> CurrentNodePlatform(v8::Isolate* isolate);

// Calls `callback(data)` when the environment ends in a way that skips its clean-up hooks (process.exit), as long as
// this object lives. Node can't take the call back, and makes it after an ordinary end too, when instance data is gone.
class ProcessExitHook {
 public:
  ProcessExitHook(v8::Isolate* isolate, void (*callback)(void* data), void* data);
  ~ProcessExitHook() { target_->callback = nullptr; }
  ProcessExitHook(const ProcessExitHook&) = delete;
  ProcessExitHook& operator=(const ProcessExitHook&) = delete;

 private:
  struct Target {
    void (*callback)(void* data);
    void* data;
  };
  const std::shared_ptr<Target> target_;
};

}  // namespace isolet
