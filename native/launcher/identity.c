#define _GNU_SOURCE
#include "launcher/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Never 0: exec would give user 0 of a namespace every privilege in it.
enum { kNobody = 65534 };

struct Identity CurrentIdentity(void) {
  struct Identity identity = {geteuid(), getegid()};
  return identity;
}

static bool Write(const char* path, const char* text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t length = (ssize_t)strlen(text);
  bool written = write(file, text, (size_t)length) == length;
  int error = errno;
  close(file);
  errno = error;
  return written;
}

bool EnterUserNamespace(struct Identity outside, const char** step) {
  *step = "unshare(CLONE_NEWUSER)";
  if (unshare(CLONE_NEWUSER) != 0) return false;
  char map[64];
  *step = "setgroups";
  if (!Write("/proc/self/setgroups", "deny")) return false;
  *step = "uid_map";
  snprintf(map, sizeof(map), "%u %u 1", outside.user == 0 ? kNobody : outside.user, outside.user);
  if (!Write("/proc/self/uid_map", map)) return false;
  *step = "gid_map";
  snprintf(map, sizeof(map), "%u %u 1", outside.group == 0 ? kNobody : outside.group, outside.group);
  return Write("/proc/self/gid_map", map);
}
