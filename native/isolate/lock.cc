#include "isolate/lock.h"

#include <algorithm>

#include "calls/parts.h"
#include "isolate/seat.h"
#include "threads/thread.h"

namespace isolet {
namespace {

v8::Isolate* Seated(Parts& parts) {
  parts.seat().Take(parts.isolate());
  return parts.isolate();
}

// What guest code may use below its entry, what must stay free under it for native helpers, and the least that is
// worth entering with.
constexpr uintptr_t kGuestStack = 984 * 1024;
constexpr uintptr_t kReserve = 256 * 1024;
constexpr uintptr_t kLeast = 96 * 1024;

}  // namespace

IsolateLock::IsolateLock(Parts& parts)
    : parts_(parts),
      isolate_(Seated(parts)),
      isolate_scope_(isolate_),
      handle_scope_(isolate_),
      context_(parts.context(isolate_)),
      context_scope_(context_) {}

bool IsolateLock::FitStack() const {
  char here;
  auto position = reinterpret_cast<uintptr_t>(&here);
  uintptr_t limit = position - std::min(position, kGuestStack);
  uintptr_t bottom = StackBottom();
  if (bottom != 0) limit = std::max(limit, bottom + kReserve);
  if (limit + kLeast > position) return false;
  parts_.seat().SetStackLimit(isolate_, limit);
  return true;
}

}  // namespace isolet
