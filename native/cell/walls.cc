#include "cell/walls.h"

#if defined(__linux__)

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>

namespace isolet {
namespace {

Wall Held(const char* layer) { return {layer, true, "", 0}; }

Wall Judged(const char* layer, bool held, const char* call, int error = 0) { return {layer, held, call, error}; }

// The errno of a call that is to fail; 0 if it did not.
int ErrorOf(long answer) { return answer < 0 ? errno : 0; }

bool HasCapability() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct left[2] = {};
  if (syscall(SYS_capget, &header, left) != 0) return true;
  return (left[0].permitted | left[0].inheritable | left[1].permitted | left[1].inheritable) != 0;
}

// Beyond the standard ones: whether something is open that leads to a file, a folder or a device.
bool FindsOpenFile() {
  rlimit most = {};
  if (getrlimit(RLIMIT_NOFILE, &most) != 0) return true;
  for (int one = 3; static_cast<rlim_t>(one) < most.rlim_max; ++one) {
    struct stat about = {};
    if (fstat(one, &about) != 0) continue;
    if (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode) || S_ISBLK(about.st_mode) || S_ISCHR(about.st_mode)) {
      return true;
    }
  }
  return false;
}

// What stays open. Other threads read something for a moment: the C library how many processors there are, when a
// thread gets its part of the memory.
bool HasOpenFile() {
  constexpr int kLooks = 50;
  constexpr useconds_t kMoment = 1000;
  for (int look = 0; look < kLooks; ++look) {
    if (!FindsOpenFile()) return false;
    usleep(kMoment);
  }
  return true;
}

bool IsZero(auto resource) {
  rlimit most = {};
  return getrlimit(resource, &most) == 0 && most.rlim_max == 0;
}

// Folders can be listed wherever nobody refuses it.
Wall TryFiles() {
  const int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int error = ErrorOf(folder);
  if (folder >= 0) close(folder);
  return Judged("landlock", error == EACCES, "open(/)", error);
}

// Every system has it, and no cell needs it. Landlock lets it be asked about.
Wall TryRoot() {
  struct stat about = {};
  const int error = ErrorOf(stat("/etc/passwd", &about));
  return Judged("empty_root", error == ENOENT, "stat(/etc/passwd)", error);
}

Wall TryFirstFilter() {
  // Of nothing: allowed to everybody.
  if (int error = ErrorOf(unshare(0)); error != EPERM) return Judged("first_filter", false, "unshare", error);
  const int one = socket(AF_UNIX, SOCK_STREAM, 0);
  const int error = ErrorOf(one);
  if (one >= 0) close(one);
  return Judged("first_filter", error == EPERM, "socket", error);
}

struct Attempt {
  const char* name;
  long number;
  long arguments[4];
  int answer;
};

}  // namespace

Walls TryWallsOfLauncher() {
  int signal = 0;
  prctl(PR_GET_PDEATHSIG, &signal);
  return {
      Judged("descriptors", !HasOpenFile(), "fstat"),
      Judged("no_new_privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "prctl(PR_GET_NO_NEW_PRIVS)"),
      Judged("capabilities", !HasCapability(), "capget"),
      Judged("parent_death", signal == SIGKILL, "prctl(PR_GET_PDEATHSIG)"),
      Judged("limits", IsZero(RLIMIT_CORE) && IsZero(RLIMIT_FSIZE), "getrlimit"),
      Judged("process_namespace", getpid() == 1 && getppid() == 0, "getppid"),
      TryRoot(),
      TryFiles(),
      TryFirstFilter(),
  };
}

Wall TryFilter() {
  // Each is harmless where it is allowed: nothing is there, or nothing is asked.
  static const char kRoot[] = "/";
  const auto root = reinterpret_cast<long>(kRoot);
  const Attempt attempts[] = {
      {"openat", SYS_openat, {AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0}, EPERM},
      {"statx", SYS_statx, {-1, root, 0, 0}, EPERM},
      {"socket", SYS_socket, {AF_UNIX, SOCK_STREAM, 0, 0}, EPERM},
      {"connect", SYS_connect, {-1, 0, 0, 0}, EPERM},
      {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, 0}, EPERM},
      {"memfd_create", SYS_memfd_create, {0, 0, 0, 0}, EPERM},
      {"mmap", SYS_mmap, {0, 0, 0, MAP_SHARED | MAP_ANONYMOUS}, EPERM},
      {"pipe2", SYS_pipe2, {0, 0, 0, 0}, EPERM},
      {"ioctl", SYS_ioctl, {-1, 0, 0, 0}, EPERM},
      {"process_vm_readv", SYS_process_vm_readv, {getpid(), 0, 0, 0}, EPERM},
      {"clone3", SYS_clone3, {0, 0, 0, 0}, ENOSYS},
      // Its parent's group, with no signal.
      {"kill", SYS_kill, {0, 0, 0, 0}, EPERM},
      {"prlimit64", SYS_prlimit64, {1, RLIMIT_NOFILE, root, 0}, EPERM},
      {"fcntl", SYS_fcntl, {0, F_GETOWN, 0, 0}, EPERM},
  };
  for (const Attempt& one : attempts) {
    const long* given = one.arguments;
    const int error = ErrorOf(syscall(one.number, given[0], given[1], given[2], given[3]));
    if (error != one.answer) return Judged("system_call_filter", false, one.name, error);
  }
  return Held("system_call_filter");
}

}  // namespace isolet

#else

namespace isolet {

Walls TryWallsOfLauncher() { return {}; }

Wall TryFilter() { return {"system_call_filter", false, "seccomp", 0}; }

}  // namespace isolet

#endif
