#include "threads/cpu_meter.h"

#include "threads/thread.h"

namespace isolet {
namespace {

struct Look {
  int64_t wall = 0;
  int64_t cpu = 0;
};

thread_local Look last;

int64_t Estimate(int64_t now) { return last.cpu + (now - last.wall); }

int64_t LookNow(int64_t now) {
  last = {now, ThreadCpuNow()};
  return last.cpu;
}

}  // namespace

int64_t CpuMeter::Begin(int64_t now) { return now - last.wall <= kFresh ? Estimate(now) : LookNow(now); }

int64_t CpuMeter::End(int64_t began, int64_t now) {
  return now - began <= kShort && now - last.wall <= kFresh + kShort ? Estimate(now) : LookNow(now);
}

}  // namespace isolet
