#include "threads/processors.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

namespace isolet {
namespace {

constexpr double kLeast = 0.01;

double Hardware() { return std::max(1u, std::thread::hardware_concurrency()); }

#if defined(__linux__)

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The least quota of the group and those it is in.
double GroupQuota(double most) {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    // hierarchy:controllers:path
    size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::string controllers = ",";
    controllers.append(line, first + 1, second - first - 1).append(",");
    const bool two = controllers == ",,";
    if (!two && controllers.find(",cpu,") == std::string::npos) continue;
    for (std::string path = line.substr(second + 1);; path.resize(path.rfind('/'))) {
      if (path == "/") path.clear();
      std::optional<double> quota;
      if (two) {
        quota = QuotaOf(FirstLine("/sys/fs/cgroup" + path + "/cpu.max"));
      } else {
        std::string group = "/sys/fs/cgroup/cpu" + path;
        quota = QuotaOf(FirstLine(group + "/cpu.cfs_quota_us") + " " + FirstLine(group + "/cpu.cfs_period_us"));
      }
      if (quota) most = std::min(most, *quota);
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  return most;
}

#else

double GroupQuota(double most) { return most; }

#endif

}  // namespace

std::optional<double> QuotaOf(const std::string& cpu_max) {
  std::istringstream text(cpu_max);
  double quota = 0, period = 0;
  // "max" and -1 are no quota.
  if (!(text >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

double AvailableProcessors() {
  static const double processors = std::max(kLeast, GroupQuota(Hardware()));
  return processors;
}

}  // namespace isolet
