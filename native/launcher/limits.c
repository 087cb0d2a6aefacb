#define _GNU_SOURCE
#include "launcher/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher/report.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static int Compare(const void* a, const void* b) { return *(const int*)a - *(const int*)b; }

static void CloseRange(unsigned from, unsigned to) {
  if (from <= to && syscall(SYS_close_range, from, to, 0) != 0) Fail("descriptors", "close_range", errno);
}

void CloseDescriptors(const struct Instructions* instructions) {
  int open[kMostKept + 1];
  int count = 0;
  for (; count < instructions->kept_count; ++count) open[count] = instructions->kept[count];
  open[count++] = instructions->report;
  qsort(open, (size_t)count, sizeof(int), Compare);
  unsigned from = 3;
  for (int i = 0; i < count; ++i) {
    if (open[i] < 3) continue;
    if (fcntl(open[i], F_GETFD) < 0) Fail("descriptors", "keep", errno);
    if ((unsigned)open[i] > from) CloseRange(from, (unsigned)open[i] - 1);
    from = (unsigned)open[i] + 1;
  }
  CloseRange(from, ~0u);
  for (int i = 0; i < instructions->kept_count; ++i) {
    if (fcntl(instructions->kept[i], F_SETFD, 0) != 0) Fail("descriptors", "fcntl", errno);
  }
  if (fcntl(instructions->report, F_SETFD, FD_CLOEXEC) != 0) Fail("descriptors", "fcntl", errno);
  ReportHeld("descriptors", instructions->kept_count);
}

void GoFirst(void) {
  // Half of all memory counts on top of its own. Somebody's higher number stays.
  enum { kSooner = 500 };
  int file = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  char now[16] = {0};
  if (read(file, now, sizeof(now) - 1) > 0 && atoi(now) < kSooner) dprintf(file, "%d", kSooner);
  close(file);
}

void DieWithParent(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) Fail("parent_death", "prctl(PR_SET_PDEATHSIG)", errno);
  // It may have died before: then somebody else is the parent now, and no signal will come.
  if (getppid() != parent) Fail("parent_death", "getppid", ESRCH);
}

void RefuseNewPrivileges(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) Fail("no_new_privileges", "prctl(PR_SET_NO_NEW_PRIVS)", errno);
  ReportHeld("no_new_privileges", 1);
}

void DropCapabilities(void) {
  // These two need a privilege; who has none of it gains nothing by exec either.
  for (int one = 0; one <= 63; ++one) {
    if (prctl(PR_CAPBSET_READ, one) == 1) prctl(PR_CAPBSET_DROP, one);
  }
  prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                               SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                               SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capset, &header, none) != 0) Fail("capabilities", "capset", errno);
  struct __user_cap_data_struct left[2];
  if (syscall(SYS_capget, &header, left) != 0) Fail("capabilities", "capget", errno);
  for (int i = 0; i < 2; ++i) {
    if ((left[i].effective | left[i].permitted | left[i].inheritable) != 0) Fail("capabilities", "capget", EPERM);
  }
  ReportHeld("capabilities", 0);
}

void SetLimits(const struct Instructions* instructions, bool nofile) {
  for (int i = 0; i < instructions->limit_count; ++i) {
    const struct Limit* limit = &instructions->limits[i];
    if ((limit->resource == RLIMIT_NOFILE) != nofile) continue;
    struct rlimit now;
    if (getrlimit(limit->resource, &now) != 0) Fail("limits", "getrlimit", errno);
    // Never up: that needs a privilege, and what is lower already is somebody's wish.
    rlim_t most = limit->most < now.rlim_max ? limit->most : now.rlim_max;
    struct rlimit wanted = {most, most};
    if (setrlimit(limit->resource, &wanted) != 0) Fail("limits", "setrlimit", errno);
  }
  if (nofile) ReportHeld("limits", instructions->limit_count);
}
