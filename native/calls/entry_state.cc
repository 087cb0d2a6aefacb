#include "calls/entry_state.h"

#include <algorithm>

#include "calls/stats.h"
#include "threads/cpu_meter.h"

namespace isolet {

void EntryClock::Begin(CallKind of, int64_t now) { *this = {of, now, CpuMeter::Begin(now), 0, 0}; }

void EntryClock::Count(Stats& stats, int64_t now) {
  const int64_t wall = now - wall_began;
  const int64_t cpu = std::clamp(CpuMeter::End(wall_began, now) - cpu_began, cpu_counted, wall);
  stats.Ran(kind, wall - wall_counted, cpu - cpu_counted, wall, cpu);
  wall_counted = wall;
  cpu_counted = cpu;
}

}  // namespace isolet
