// The foreground task runner of an isolate that lives for one errand (building or proving a snapshot): it drops what V8
// posts, all of it being work V8 can do without. Any thread.
#pragma once

#include <memory>

#include "v8/v8.h"

namespace isolet {

class NoTasks final : public TaskRunnerBase {
 public:
  void Post(std::unique_ptr<v8::Task>) override {}
  void PostLater(std::unique_ptr<v8::Task>, double) override {}
};

}  // namespace isolet
