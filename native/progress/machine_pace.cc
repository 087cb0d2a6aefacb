#include "progress/machine_pace.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "threads/thread.h"

namespace isolet {
namespace {

constexpr int kRounds = 100 * 1000;
// Nanoseconds they take where the graces were measured (a server's processor with about 3 GHz).
constexpr double kUsual = 250 * 1000;
constexpr int kTries = 4;
constexpr double kSlowest = 32;

// Each round needs the result of the one before it.
void Work() {
  static volatile uint64_t seed = 88172645463325252ULL;
  uint64_t x = seed;
  for (int i = 0; i < kRounds; ++i) {
    x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    x ^= x >> 29;
  }
  seed = x;
}

double Measure() {
  int64_t least = std::numeric_limits<int64_t>::max();
  for (int i = 0; i < kTries; ++i) {
    const int64_t began = ThreadCpuNow();
    Work();
    least = std::min(least, ThreadCpuNow() - began);
  }
  return std::clamp(static_cast<double>(least) / kUsual, 1.0, kSlowest);
}

}  // namespace

double MachinePace() {
  static const double pace = Measure();
  return pace;
}

}  // namespace isolet
