#include "memory_use/collection_pace.h"

#include "threads/thread.h"
#include "threads/watchdog.h"

namespace isolet {
namespace {

// Between two collections at least so many times what the last one took: an eighth of the time, and where it holds
// everybody up for long a hundredth.
constexpr int64_t kPause = 7;
constexpr int64_t kLong = 50 * 1000 * 1000;
constexpr int64_t kLongPause = 100;

}  // namespace

bool CollectionPace::Collect(v8::Isolate* isolate) {
  if (SteadyNow() < next_) return false;
  // Not by the clock: on a busy machine the thread may have waited for its turn. Where nobody says, the clock has to
  // do.
  const int64_t began = SteadyNow(), began_cpu = ThreadCpuNow();
  // One or two full collections; LowMemoryNotification makes up to seven and throws compiled code away.
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kNone);
  const int64_t now = SteadyNow();
  const int64_t took = began_cpu == 0 ? now - began : ThreadCpuNow() - began_cpu;
  next_ = now + took * (took > kLong ? kLongPause : kPause);
  return true;
}

}  // namespace isolet
