#include "cell/seal.h"

#include <algorithm>
#include <cerrno>

#include "cell/seccomp_filter.h"
#include "cell/walls.h"
#include "cell/warm.h"

#if defined(__linux__)

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <semaphore>

#include "threads/thread.h"

namespace isolet {
namespace {

// libuv keeps a descriptor that it can close when there are no others left: of /dev/null, or of the root folder. Where
// files can be opened at all one of nothing stands in for it.
void ReplaceReserve() {
  struct stat root = {};
  if (stat("/", &root) != 0) return;
  rlimit most = {};
  if (getrlimit(RLIMIT_NOFILE, &most) != 0) return;
  for (int one = 3; static_cast<rlim_t>(one) < most.rlim_max; ++one) {
    struct stat about = {};
    if (fstat(one, &about) != 0) continue;
    const bool is_null = S_ISCHR(about.st_mode) && about.st_rdev == makedev(1, 3);
    const bool is_root = S_ISDIR(about.st_mode) && about.st_dev == root.st_dev && about.st_ino == root.st_ino;
    if (!is_null && !is_root) continue;
    const int nothing = eventfd(0, EFD_CLOEXEC);
    if (nothing < 0) return;
    dup3(nothing, one, O_CLOEXEC);
    close(nothing);
  }
}

Wall MakeUndumpable() {
  const int error = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
  return {"undumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0, "prctl(PR_SET_DUMPABLE)", error};
}

// Bytes of private memory that can be written to, which is what RLIMIT_DATA counts; 0: the system does not say.
uint64_t DataNow() {
  FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long pages = 0;
  const int read = std::fscanf(file, "%*u %*u %*u %*u %*u %lu", &pages);
  std::fclose(file);
  return read == 1 ? static_cast<uint64_t>(pages) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

Wall LimitMemory(uint64_t more) {
  Wall wall = {"memory", true, "setrlimit(RLIMIT_DATA)", 0};
  if (more == 0) return wall;
  const uint64_t now = DataNow();
  rlimit most = {now + more, now + more};
  if (now == 0 || setrlimit(RLIMIT_DATA, &most) != 0) {
    wall.held = false;
    wall.error = now == 0 ? ENOENT : errno;
  }
  return wall;
}

// No descriptor beyond the highest that is open.
Wall LimitDescriptors() {
  rlimit now = {};
  if (getrlimit(RLIMIT_NOFILE, &now) != 0) return {"no_new_descriptors", false, "getrlimit(RLIMIT_NOFILE)", errno};
  rlim_t highest = 0;
  for (rlim_t one = 0; one < now.rlim_max; ++one) {
    if (fcntl(static_cast<int>(one), F_GETFD) >= 0) highest = one;
  }
  const rlimit most = {highest + 1, highest + 1};
  if (setrlimit(RLIMIT_NOFILE, &most) != 0) return {"no_new_descriptors", false, "setrlimit(RLIMIT_NOFILE)", errno};
  return {"no_new_descriptors", true, "", 0};
}

// A filter is a thread's: one that began before it was installed has to meet it too, and so has one that begins later.
class Witness {
 public:
  // False: the system refuses a thread.
  bool Begin() {
    return StartThread("isolet-witness", [state = state_] {
      state->go.acquire();
      state->seen = TryFilter();
      state->done.release();
    });
  }

  Wall Finish() {
    state_->go.release();
    state_->done.acquire();
    return state_->seen;
  }

 private:
  struct State {
    std::binary_semaphore go{0};
    std::binary_semaphore done{0};
    Wall seen;
  };

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

Wall FilterSystemCalls() {
  Witness before;
  Witness after;
  if (!before.Begin()) return {"system_call_filter", false, "clone", EAGAIN};
  // The witness waits for ever then, and the process is about to end.
  if (int error = InstallFilter(SystemCallsOfCell()); error != 0)
    return {"system_call_filter", false, "seccomp", error};
  if (!after.Begin()) return {"system_call_filter", false, "clone", EAGAIN};
  for (const Wall& seen : {before.Finish(), after.Finish(), TryFilter()}) {
    if (!seen.held) return seen;
  }
  return {"system_call_filter", true, "", 0};
}

bool Missing(const Walls& walls, const std::vector<std::string>& required) {
  return std::any_of(walls.begin(), walls.end(), [&](const Wall& wall) {
    return !wall.held && std::find(required.begin(), required.end(), wall.layer) != required.end();
  });
}

}  // namespace

std::variant<Walls, CapacityFailure> Seal(const SealOptions& options) {
  if (auto refused = WarmUp()) return *refused;
  ReplaceReserve();
  Walls walls = TryWallsOfLauncher();
  // Nothing has been changed yet: a process that no launcher started stays as it is.
  if (Missing(walls, options.required)) return walls;
  walls.push_back(MakeUndumpable());
  walls.push_back(LimitMemory(options.memory));
  walls.push_back(LimitDescriptors());
  if (Missing(walls, options.required)) return walls;
  walls.push_back(FilterSystemCalls());
  return walls;
}

}  // namespace isolet

#else

namespace isolet {

std::variant<Walls, CapacityFailure> Seal(const SealOptions&) {
  return Walls{{"system_call_filter", false, "seccomp", ENOSYS}};
}

}  // namespace isolet

#endif
