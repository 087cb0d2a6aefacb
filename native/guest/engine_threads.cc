#include "guest/engine_threads.h"

#include "lost/lost_threads.h"
#include "threads/executor.h"
#include "threads/watchdog.h"

namespace isolet {

std::optional<CapacityFailure> StartEngineThreads() {
  if (LostThreads::Start() && Watchdog::Get().EnsureStarted() && Executor::Get().EnsureStarted()) return std::nullopt;
  // Which number the system's limit is it does not say.
  return CapacityFailure{"The system refuses this process the threads that run guests and watch their limits", 0, 0};
}

}  // namespace isolet
