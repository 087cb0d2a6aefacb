#include "memory_use/mappings.h"

#include <atomic>
#include <cstdio>

namespace isolet {
namespace {

// Where the system does not say.
constexpr size_t kUsual = 65'530;

std::atomic<size_t> taken{0};

size_t ReadMost() {
  size_t most = kUsual;
#if defined(__linux__)
  if (FILE* file = std::fopen("/proc/sys/vm/max_map_count", "re")) {
    if (std::fscanf(file, "%zu", &most) != 1) most = kUsual;
    std::fclose(file);
  }
#endif
  return most / 3;
}

}  // namespace

bool Mappings::Take(size_t count) {
  static const size_t most = ReadMost();
  size_t now = taken.load(std::memory_order_relaxed);
  do {
    if (count > most || now > most - count) return false;
  } while (!taken.compare_exchange_weak(now, now + count, std::memory_order_relaxed));
  return true;
}

void Mappings::Give(size_t count) { taken.fetch_sub(count, std::memory_order_relaxed); }

}  // namespace isolet
