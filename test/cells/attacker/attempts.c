#define _GNU_SOURCE
#include "attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATH(text) ((long)(text))

// In place of a number.
enum { k32Bits = -32 };

static char parent_memory[32];
static long memory[64];
static char* const no_list[] = {NULL};

enum {
  kChannel = 3,
  kX32 = 0x40000000,
  kRing = 425,
  kRingEnter = 426,
  kPidfdOpen = 434,
  kClone3 = 435,
  kOpenat2 = 437
};
enum { kPidfdGetfd = 438, kPidfdSignal = 424, kLandlock = 444, kMemfdSecret = 447, kMountSetattr = 442, kFsopen = 430 };

const struct Attempt kAttempts[] = {
    // Files
    {"openat", SYS_openat, {AT_FDCWD, PATH("/etc/passwd"), O_RDONLY}},
    {"openat of its own memory", SYS_openat, {AT_FDCWD, PATH("/proc/self/mem"), O_RDWR}},
    {"openat of its parent's memory", SYS_openat, {AT_FDCWD, (long)parent_memory, O_RDWR}},
    {"openat to write", SYS_openat, {AT_FDCWD, PATH("/tmp/isolet-cell-was-here"), O_RDWR | O_CREAT, 0600}},
    {"openat2", kOpenat2, {AT_FDCWD, PATH("/etc/passwd"), (long)memory, 24}},
    {"newfstatat", SYS_newfstatat, {AT_FDCWD, PATH("/etc/passwd"), (long)memory, 0}},
    {"statx", SYS_statx, {AT_FDCWD, PATH("/etc/passwd"), 0, 0, (long)memory}},
    {"readlinkat", SYS_readlinkat, {AT_FDCWD, PATH("/proc/self/exe"), (long)memory, 8}},
    {"getdents64", SYS_getdents64, {kChannel, (long)memory, 64}},
    {"unlinkat", SYS_unlinkat, {AT_FDCWD, PATH("/tmp/isolet-cell-was-here"), 0}},
    {"mkdirat", SYS_mkdirat, {AT_FDCWD, PATH("/tmp/isolet-cell-was-here"), 0}},
    {"fchmodat", SYS_fchmodat, {AT_FDCWD, PATH("/tmp/isolet-cell-was-here"), 0}},
    {"linkat", SYS_linkat, {AT_FDCWD, PATH("/etc/passwd"), AT_FDCWD, PATH("/tmp/isolet-cell-was-here"), 0}},
    {"chdir", SYS_chdir, {PATH("/")}},
    {"inotify_init1", SYS_inotify_init1, {0}},
    {"fanotify_init", SYS_fanotify_init, {0, 0}},
    {"name_to_handle_at", SYS_name_to_handle_at, {AT_FDCWD, PATH("/"), (long)memory, (long)memory, 0}},
    {"open_by_handle_at", SYS_open_by_handle_at, {kChannel, (long)memory, 0}},
    {"memfd_create", SYS_memfd_create, {PATH("code"), 0}},
    {"memfd_secret", kMemfdSecret, {0}},
    {"sendfile", SYS_sendfile, {kChannel, 0, 0, 1}},
    {"splice", SYS_splice, {0, 0, kChannel, 0, 1, 0}},
    // Network, and descriptors over the channel
    {"socket of the internet", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
    {"socket of the machine", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"socket of the kernel", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
    {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, (long)memory}},
    {"connect", SYS_connect, {kChannel, (long)memory, 16}},
    {"bind", SYS_bind, {kChannel, (long)memory, 16}},
    {"listen", SYS_listen, {kChannel, 1}},
    {"sendmsg", SYS_sendmsg, {kChannel, (long)memory, 0}},
    {"recvmsg", SYS_recvmsg, {kChannel, (long)memory, 0}},
    // Programs and processes
    {"execve", SYS_execve, {PATH("/bin/true"), (long)no_list, (long)no_list}},
    {"execveat", SYS_execveat, {AT_FDCWD, PATH("/bin/true"), (long)no_list, (long)no_list, 0}},
    {"fork by clone", SYS_clone, {SIGCHLD}},
    {"clone with a user namespace", SYS_clone, {SIGCHLD | CLONE_NEWUSER}},
    {"a thread with a namespace", SYS_clone, {CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWNET}},
    {"clone3", kClone3, {(long)memory, 64}},
    {"wait4", SYS_wait4, {-1, 0, 1, 0}},
    {"setsid", SYS_setsid, {0}},
    {"ptrace", SYS_ptrace, {PTRACE_ATTACH, kParent, 0, 0}},
    {"process_vm_readv", SYS_process_vm_readv, {kParent, (long)memory, 0, (long)memory, 0, 0}},
    {"process_vm_writev", SYS_process_vm_writev, {kParent, (long)memory, 0, (long)memory, 0, 0}},
    {"kcmp", SYS_kcmp, {kSelf, kParent, 0, 0, 0}},
    {"kill its parent", SYS_kill, {kParent, 0}},
    {"kill its group", SYS_kill, {0, 0}},
    {"kill everybody", SYS_kill, {-1, 0}},
    {"tgkill its parent", SYS_tgkill, {kParent, kParent, 0}},
    {"tkill", SYS_tkill, {kParent, 0}},
    {"rt_sigqueueinfo", SYS_rt_sigqueueinfo, {kParent, 0, (long)memory}},
    {"rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo, {kParent, kParent, 0, (long)memory}},
    {"pidfd_open", kPidfdOpen, {kParent, 0}},
    {"pidfd_getfd", kPidfdGetfd, {kChannel, 0, 0}},
    {"pidfd_send_signal", kPidfdSignal, {kChannel, 0, 0, 0}},
    {"have signals sent by a descriptor", SYS_fcntl, {kChannel, F_SETOWN, kParent}},
    {"choose the signal", SYS_fcntl, {kChannel, 10 /* F_SETSIG */, SIGKILL}},
    {"prlimit64 of its parent", SYS_prlimit64, {kParent, RLIMIT_NOFILE, 0, (long)memory}},
    {"timer_create", SYS_timer_create, {CLOCK_MONOTONIC, 0, (long)memory}},
    // Its own walls
    {"prlimit64", SYS_prlimit64, {0, RLIMIT_NOFILE, (long)memory, 0}},
    {"setrlimit", SYS_setrlimit, {RLIMIT_DATA, (long)memory}},
    {"be dumpable", SYS_prctl, {PR_SET_DUMPABLE, 1, 0, 0, 0}},
    {"outlive its parent", SYS_prctl, {PR_SET_PDEATHSIG, 0, 0, 0, 0}},
    {"change its map of memory", SYS_prctl, {PR_SET_MM, 1, 0, 0, 0}},
    {"another filter by prctl", SYS_prctl, {PR_SET_SECCOMP, 1, 0, 0, 0}},
    {"let anybody trace it", SYS_prctl, {0x59616d61 /* PR_SET_PTRACER */, -1, 0, 0, 0}},
    {"seccomp", SYS_seccomp, {0, 0, 0}},
    {"landlock_create_ruleset", kLandlock, {0, 0, 1}},
    {"setuid", SYS_setuid, {0}},
    {"setgroups", SYS_setgroups, {0, 0}},
    {"capset", SYS_capset, {(long)memory, (long)memory}},
    {"personality", SYS_personality, {0xffffffff}},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}},
    {"setns", SYS_setns, {kChannel, 0}},
    // The machine
    {"mount", SYS_mount, {PATH("none"), PATH("/"), PATH("tmpfs"), 0, 0}},
    {"umount2", SYS_umount2, {PATH("/proc"), 2}},
    {"fsopen", kFsopen, {PATH("tmpfs"), 0}},
    {"mount_setattr", kMountSetattr, {-1, PATH(""), 0, 0, 0}},
    {"pivot_root", SYS_pivot_root, {PATH("/"), PATH("/")}},
    {"chroot", SYS_chroot, {PATH("/")}},
    {"io_uring_setup", kRing, {1, (long)memory}},
    {"io_uring_enter", kRingEnter, {kChannel, 0, 0, 0, 0, 0}},
    {"bpf", SYS_bpf, {0, (long)memory, 0}},
    {"perf_event_open", SYS_perf_event_open, {(long)memory, 0, -1, -1, 0}},
    {"userfaultfd", SYS_userfaultfd, {1}},
    {"keyctl", SYS_keyctl, {0, -3, 0, 0, 0}},
    {"add_key", SYS_add_key, {PATH("user"), PATH("x"), (long)memory, 1, -3}},
    {"init_module", SYS_init_module, {0, 0, PATH("")}},
    {"reboot", SYS_reboot, {0, 0, 0, 0}},
    {"settimeofday", SYS_settimeofday, {0, 0}},
    {"sethostname", SYS_sethostname, {PATH("x"), -1}},
    {"syslog", SYS_syslog, {10, 0, 0}},
    {"setpriority", SYS_setpriority, {PRIO_PROCESS, 0, 1}},
    {"sched_setaffinity", SYS_sched_setaffinity, {kParent, 8, (long)memory}},
    // Memory
    {"map a file as code", SYS_mmap, {0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, kChannel, 0}},
    {"map a shared file as code", SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, kChannel, 0}},
    {"map a file", SYS_mmap, {0, 4096, PROT_READ, MAP_PRIVATE, kChannel, 0}},
    {"map shared memory", SYS_mmap, {0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0}},
    {"map a stack that grows", SYS_mmap, {0, 4096, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0}},
    {"map huge pages", SYS_mmap, {0, 1 << 21, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0}},
    {"shmget", SYS_shmget, {0, 4096, 01600}},
    {"semget", SYS_semget, {0, 1, 01600}},
    {"msgget", SYS_msgget, {0, 01600}},
    {"mq_open", SYS_mq_open, {PATH("x"), O_CREAT | O_RDWR, 0600, 0}},
    {"remap_file_pages", SYS_remap_file_pages, {(long)memory, 0, 0, 0, 0}},
    {"process_madvise", 440, {kChannel, (long)memory, 0, 0, 0}},
    {"dup", SYS_dup, {kChannel}},
    {"ioctl", SYS_ioctl, {0, TIOCSTI, (long)memory}},
#if defined(__x86_64__)
    {"open", SYS_open, {PATH("/etc/passwd"), O_RDONLY}},
    {"vfork", SYS_vfork, {0}},
    {"fork", SYS_fork, {0}},
    {"iopl", SYS_iopl, {3}},
    {"modify_ldt", SYS_modify_ldt, {0, (long)memory, 64}},
    {"arch_prctl", SYS_arch_prctl, {0x1011, 0}},
    {"getpid by x32", kX32 | SYS_getpid, {0}},
    {"getpid by a call of 32 bits", k32Bits, {20}},
    {"open by x32", kX32 | SYS_open, {PATH("/etc/passwd"), O_RDONLY}},
#endif
    // What a cell may do
    {"kill itself with no signal", SYS_kill, {kSelf, 0}},
    {"map memory as code", SYS_mmap, {0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
};

const size_t kAttemptCount = sizeof(kAttempts) / sizeof(kAttempts[0]);

static void Name(long parent) {
  char* at = parent_memory;
  for (const char* from = "/proc/"; *from != 0; ++from) *at++ = *from;
  char digits[20];
  int count = 0;
  for (long rest = parent; rest > 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
  while (count > 0) *at++ = digits[--count];
  for (const char* from = "/mem"; *from != 0; ++from) *at++ = *from;
}

// The numbers of another processor, which a filter that looks at numbers alone would take for its own.
static long CallOf32Bits(long number) {
#if defined(__x86_64__)
  long answer;
  __asm__ volatile("int $0x80" : "=a"(answer) : "a"(number), "b"(0), "c"(0), "d"(0) : "memory");
  return answer;
#else
  return number;
#endif
}

int Try(const struct Attempt* attempt, long parent) {
  long given[6];
  Name(parent);
  for (int i = 0; i < 6; ++i) {
    given[i] = attempt->arguments[i];
    if (given[i] == kParent) given[i] = parent;
    if (given[i] == kSelf) given[i] = getpid();
  }
  if (attempt->number == k32Bits) return CallOf32Bits(given[0]) < 0 ? EPERM : 0;
  return syscall(attempt->number, given[0], given[1], given[2], given[3], given[4], given[5]) < 0 ? errno : 0;
}
