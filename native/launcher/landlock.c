#define _GNU_SOURCE
#include "launcher/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher/report.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

// The kernel's numbers; the headers of the machine it is built on may be older than the kernel it runs on.
enum {
  kExecute = 1 << 0,
  kReadFile = 1 << 2,
  kReadDirectory = 1 << 3,
  kVersion = 1 << 0,  // of landlock_create_ruleset
  kPathBeneath = 1,   // of landlock_add_rule
};

struct Ruleset {
  uint64_t files, network, scopes;
};

struct PathRule {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed));

// Everything that the kernel's version can refuse.
static struct Ruleset AllOf(int version) {
  struct Ruleset all = {(1u << 13) - 1, 0, 0};
  if (version >= 2) all.files |= 1u << 13;  // rename and link between folders
  if (version >= 3) all.files |= 1u << 14;  // truncate
  if (version >= 4) all.network = 3;        // bind and connect with TCP
  if (version >= 5) all.files |= 1u << 15;  // ioctl of devices
  if (version >= 6) all.scopes = 3;         // abstract sockets and signals to processes outside
  return all;
}

// False: the path does not exist, so there is nothing to grant.
static bool Grant(int ruleset, const struct Grant* grant) {
  int path = open(grant->path, O_PATH | O_CLOEXEC);
  if (path < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) return false;
  struct stat about;
  if (path < 0 || fstat(path, &about) != 0) Fail("landlock", "open", errno);
  struct PathRule rule = {kReadFile, path};
  if (S_ISDIR(about.st_mode)) rule.allowed |= kReadDirectory;
  if (grant->execute) rule.allowed |= kExecute;
  if (syscall(SYS_landlock_add_rule, ruleset, kPathBeneath, &rule, 0) != 0) {
    Fail("landlock", "landlock_add_rule", errno);
  }
  close(path);
  return true;
}

void RestrictFiles(const struct Instructions* instructions) {
  if (instructions->landlock == kOff) {
    ReportMissing("landlock", "off", 0);
    return;
  }
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, kVersion);
  if (version < 1) {
    if (instructions->landlock == kRequired) Fail("landlock", "landlock_create_ruleset", errno);
    ReportMissing("landlock", "landlock_create_ruleset", errno);
    return;
  }
  struct Ruleset all = AllOf((int)version);
  // A kernel takes a longer structure only if what it does not know is zero, which it is.
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
  if (ruleset < 0) Fail("landlock", "landlock_create_ruleset", errno);
  for (int i = 0; i < instructions->grant_count; ++i) Grant(ruleset, &instructions->grants[i]);
  if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) Fail("landlock", "landlock_restrict_self", errno);
  close(ruleset);
  ReportHeld("landlock", (int)version);
}
