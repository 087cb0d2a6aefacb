#include "cell/warm.h"

#include <ctime>

#include "guest/engine_threads.h"
#include "memory_use/mappings.h"
#include "threads/processors.h"
#include "threads/thread.h"

namespace isolet {

std::optional<CapacityFailure> WarmUp() {
  AvailableProcessors();
  if (Mappings::Take(1)) Mappings::Give(1);
  StackBottom();
  // The C library's time zone. V8's is ICU's, which the cell's script asks for.
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
#if defined(_WIN32)
  (void)localtime_s(&parts, &now);
#else
  (void)localtime_r(&now, &parts);
#endif
  return StartEngineThreads();
}

}  // namespace isolet
