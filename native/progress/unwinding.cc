#include "progress/unwinding.h"

#include <algorithm>

#include "progress/machine_pace.h"

namespace isolet {
namespace {

// A thread that has worked, or slept, this long since does not hold up others any longer.
constexpr int64_t kLinger = 50 * 1000 * 1000;

// Longer than any garbage collection works. V8 13 and later look for a stop in some optimized loops only every 2^28
// rounds, which is a second of processor time.
constexpr double kStuckCpu = 2500.0 * 1000 * 1000;
constexpr int64_t kKernelShare = 4;
// Another thread that it waits for, and that never comes.
constexpr int64_t kStuckAsleep = 10 * 1000 * 1000 * 1000LL;
// Between two looks, when they come in time.
constexpr int64_t kLongestGap = 100 * 1000 * 1000;

}  // namespace

void Unwinding::Begin(ThreadId thread, SystemThread number, int64_t now) {
  began_ = Beginning{thread, number, CpuOf(thread), std::nullopt};
  looked_at_ = now;
  last_cpu_ = began_->cpu;
  asleep_ = 0;
}

Unwinding::Finding Unwinding::Look(int64_t now) {
  const std::optional<ThreadLook> look = LookAtThread(began_->number);
  const int64_t cpu = CpuOf(began_->thread);
  const int64_t gap = std::min(now - looked_at_, kLongestGap);
  // Where nothing is known of what it does the clock has to do.
  if (!look || (look->asleep && cpu - last_cpu_ < gap / 2)) asleep_ += gap;
  looked_at_ = now;
  last_cpu_ = cpu;
  if (look && !began_->kernel) began_->kernel = look->kernel;
  const int64_t worked = cpu - began_->cpu;
  const int64_t kernel = look ? std::clamp<int64_t>(look->kernel - *began_->kernel, 0, worked) : 0;
  const auto weighed = static_cast<double>(worked - kernel + kernel / kKernelShare);
  if (asleep_ > kStuckAsleep) return Finding::kStuck;
  if (weighed > kStuckCpu && weighed > kStuckCpu * MachinePace()) return Finding::kStuck;
  return worked > kLinger || asleep_ > kLinger ? Finding::kLingers : Finding::kBusy;
}

}  // namespace isolet
