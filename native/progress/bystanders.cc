#include "progress/bystanders.h"

#include <algorithm>
#include <optional>

#include "progress/machine_pace.h"

namespace isolet {
namespace {

constexpr double kErrand = 500.0 * 1000 * 1000;
constexpr const char* kOwnThreads = "isolet-";

}  // namespace

Bystanders::Bystanders() {
  for (SystemThread thread : ThreadsOfProcess()) {
    std::optional<ThreadLook> look;
    if (thread != CurrentSystemThread()) look = LookAtThread(thread);
    if (look && !look->name.starts_with(kOwnThreads)) all_.push_back({thread, look->user + look->kernel});
  }
}

bool Bystanders::Done() const {
  const double errand = kErrand * MachinePace();
  return std::all_of(all_.begin(), all_.end(), [&](const One& one) {
    std::optional<ThreadLook> look = LookAtThread(one.thread);
    return !look || look->asleep || static_cast<double>(look->user + look->kernel - one.worked) > errand;
  });
}

}  // namespace isolet
