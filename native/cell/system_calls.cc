#include "cell/system_calls.h"

#if defined(__linux__)

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than some headers; from 424 on the numbers are those of every processor.
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

namespace isolet {
namespace {

constexpr uint64_t kAll = ~uint64_t{0};
// What the kernel reads of an int.
constexpr uint64_t kInt = 0xffffffff;

using Rules = std::vector<SystemCallRule>;

void Add(Rules* rules, SystemCallAnswer answer, std::initializer_list<long> numbers) {
  for (long number : numbers) rules->push_back({number, answer, {}});
}

void AllowWork(Rules* rules) {
  Add(rules, SystemCallAnswer::kAllow,
      {SYS_futex,     SYS_mprotect,     SYS_clock_gettime, SYS_munmap,    SYS_epoll_pwait, SYS_madvise,
       SYS_write,     SYS_read,         SYS_getpid,        SYS_brk,       SYS_sched_yield, SYS_futex_waitv,
       SYS_epoll_ctl, SYS_epoll_pwait2, SYS_ppoll,         SYS_readv,     SYS_writev,      SYS_recvfrom,
       SYS_sendto,    SYS_mremap,       SYS_mincore,       SYS_membarrier});
#if defined(__x86_64__)
  Add(rules, SystemCallAnswer::kAllow, {SYS_epoll_wait, SYS_poll, SYS_time, SYS_pause, SYS_getrlimit});
#endif
}

// Time, threads, signals, who one is: nothing that leads out of the process.
void AllowSelf(Rules* rules) {
  Add(rules, SystemCallAnswer::kAllow,
      {SYS_clock_getres,
       SYS_clock_nanosleep,
       SYS_nanosleep,
       SYS_gettimeofday,
       SYS_gettid,
       SYS_getuid,
       SYS_geteuid,
       SYS_getgid,
       SYS_getegid,
       SYS_getrusage,
       SYS_times,
       SYS_sysinfo,
       SYS_getcpu,
       SYS_getrandom,
       SYS_sched_getaffinity,
       SYS_sched_getparam,
       SYS_sched_getscheduler,
       SYS_sched_getattr,
       SYS_rt_sigprocmask,
       SYS_rt_sigaction,
       SYS_rt_sigreturn,
       SYS_rt_sigsuspend,
       SYS_rt_sigpending,
       SYS_rt_sigtimedwait,
       SYS_sigaltstack,
       SYS_set_robust_list,
       SYS_get_robust_list,
       SYS_restart_syscall,
       SYS_exit,
       SYS_exit_group,
       SYS_close,
       SYS_fstat,
       SYS_lseek,
       SYS_eventfd2,
       SYS_timerfd_settime});
#if defined(SYS_rseq)
  Add(rules, SystemCallAnswer::kAllow, {SYS_rseq});
#endif
#if defined(SYS_pkey_mprotect)
  Add(rules, SystemCallAnswer::kAllow, {SYS_pkey_mprotect, SYS_pkey_alloc, SYS_pkey_free});
#endif
}

void AllowByArgument(Rules* rules) {
  constexpr auto kAllow = SystemCallAnswer::kAllow;
  auto allow = [&](long number, std::vector<ArgumentCheck> checks) { rules->push_back({number, kAllow, checks}); };
  // Memory that the bound of private memory counts: nothing shared, no stack that grows, no huge pages, no file.
  constexpr uint64_t kPrivate = MAP_PRIVATE | MAP_ANONYMOUS;
  allow(SYS_mmap, {{3, MAP_TYPE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_HUGETLB, kPrivate}});
  // A thread of this process, in no namespace of its own.
  constexpr uint64_t kThread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
  constexpr uint64_t kNamespaces =
      CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  allow(SYS_clone, {{0, kThread | kNamespaces, kThread}});
  const auto self = static_cast<uint64_t>(getpid());
  allow(SYS_tgkill, {{0, kInt, self}});
  allow(SYS_rt_tgsigqueueinfo, {{0, kInt, self}});
  allow(SYS_kill, {{0, kInt, self}});
  // No F_SETOWN with F_SETSIG: that has the kernel send any signal to any process of the same user.
  for (uint64_t command : {F_GETFL, F_SETFL, F_GETFD, F_SETFD}) allow(SYS_fcntl, {{1, kInt, command}});
  allow(SYS_prctl, {{0, kInt, PR_SET_NAME}});
  allow(SYS_prctl, {{0, kInt, PR_SET_VMA}});
  // Reads, of this process.
  allow(SYS_prlimit64, {{0, kInt, 0}, {2, kAll, 0}});
  allow(SYS_prlimit64, {{0, kInt, self}, {2, kAll, 0}});
}

void RefuseWhatLibrariesAsk(Rules* rules) {
  Add(rules, SystemCallAnswer::kUnknown, {SYS_clone3, SYS_io_uring_setup});
  Add(rules, SystemCallAnswer::kRefuse,
      {SYS_openat,
       SYS_openat2,
       SYS_newfstatat,
       SYS_statx,
       SYS_readlinkat,
       SYS_faccessat,
       SYS_faccessat2,
       SYS_ioctl,
       SYS_uname,
       SYS_getcwd,
       SYS_statfs,
       SYS_fstatfs,
       SYS_socket,
       SYS_connect,
       SYS_bind,
       SYS_listen,
       SYS_accept,
       SYS_accept4,
       SYS_getsockopt,
       SYS_setsockopt,
       SYS_shutdown,
       SYS_pipe2,
       SYS_epoll_create1,
       SYS_getsockname,
       SYS_getpeername,
       SYS_capget,
       SYS_getdents64,
       SYS_dup,
       SYS_dup3,
       SYS_ftruncate,
       SYS_pread64,
       SYS_pwrite64,
       SYS_getppid,
       SYS_socketpair,
       SYS_memfd_create,
       SYS_inotify_init1,
       SYS_mlock,
       SYS_munlock,
       SYS_setpriority,
       SYS_sched_setparam,
       SYS_sched_setscheduler,
       SYS_sched_setaffinity,
       SYS_sched_setattr,
       SYS_process_vm_readv});
#if defined(__x86_64__)
  Add(rules, SystemCallAnswer::kRefuse, {SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_pipe, SYS_dup2});
#endif
}

}  // namespace

std::vector<SystemCallRule> SystemCallsOfCell() {
  Rules rules;
  AllowWork(&rules);
  AllowByArgument(&rules);
  AllowSelf(&rules);
  RefuseWhatLibrariesAsk(&rules);
  return rules;
}

}  // namespace isolet

#else

namespace isolet {

std::vector<SystemCallRule> SystemCallsOfCell() { return {}; }

}  // namespace isolet

#endif
