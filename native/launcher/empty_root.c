#define _GNU_SOURCE
#include "launcher/empty_root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

// The kernel's structure and numbers; libc's headers may be older.
struct Attributes {
  uint64_t set, clear, propagation, user_namespace;
};
enum { kReadOnly = 1, kNoSetuid = 2, kNoDevices = 4, kRecursive = 0x8000, kEmptyPath = 0x1000 };

// Every system has this folder; it is hidden for this process only, and what is granted was opened before.
static const char kBase[] = "/tmp";

// It is mounted as a whole.
static bool OfProcesses(const char* path) { return strncmp(path, "/proc", 5) == 0 && (path[5] == '/' || path[5] == 0); }

// The folders that lead to `path` below the new root, which is the current folder.
static bool MakeWay(char* path) {
  for (char* slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    bool made = mkdir(path, 0755) == 0 || errno == EEXIST;
    *slash = '/';
    if (!made) return false;
  }
  return true;
}

static bool Restrict(const char* path) {
  struct Attributes attributes = {kReadOnly | kNoSetuid, 0, 0, 0};
  return syscall(SYS_mount_setattr, AT_FDCWD, path, kRecursive, &attributes, sizeof(attributes)) == 0;
}

// `opened`: of the old root.
static bool Bind(const char* name, int opened) {
  char path[4096];
  char source[64];
  struct stat about;
  snprintf(path, sizeof(path), ".%s", name);
  snprintf(source, sizeof(source), "/proc/self/fd/%d", opened);
  if (fstat(opened, &about) != 0 || !MakeWay(path)) return false;
  struct stat there;
  // A folder that was granted may have it already.
  if (stat(path, &there) == 0 && there.st_dev == about.st_dev && there.st_ino == about.st_ino) return true;
  if (S_ISDIR(about.st_mode)) {
    if (mkdir(path, 0755) != 0 && errno != EEXIST) return false;
  } else {
    int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0444);
    if (file < 0) return false;
    close(file);
  }
  // Recursive: what is mounted over parts of it must stay hidden.
  return mount(source, path, NULL, MS_BIND | MS_REC, NULL) == 0 && Restrict(path);
}

static bool Fill(const struct Instructions* instructions, const int* opened, const char** step) {
  *step = "bind";
  for (int i = 0; i < instructions->grant_count; ++i) {
    if (opened[i] >= 0 && !Bind(instructions->grants[i].path, opened[i])) return false;
  }
  *step = "symlink";
  for (int i = 0; i < instructions->link_count; ++i) {
    char path[4096];
    snprintf(path, sizeof(path), ".%s", instructions->links[i].name);
    if (!MakeWay(path)) return false;
    if (symlink(instructions->links[i].target, path) != 0 && errno != EEXIST) return false;
  }
  return mkdir("./proc", 0555) == 0 || errno == EEXIST;
}

// Of its own process namespace where it has one; a container may hide parts of proc, and then the kernel mounts no
// other.
static bool MountProcesses(void) {
  if (getpid() == 1 && mount("proc", "./proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL) == 0) {
    return true;
  }
  return mount("/proc", "./proc", NULL, MS_BIND | MS_REC, NULL) == 0 && Restrict("./proc");
}

bool EnterEmptyRoot(const struct Instructions* instructions, const char** step) {
  int opened[kMostPaths];
  for (int i = 0; i < instructions->grant_count; ++i) {
    const char* path = instructions->grants[i].path;
    opened[i] = OfProcesses(path) ? -1 : open(path, O_PATH | O_CLOEXEC);
  }
  *step = "mount(MS_PRIVATE)";
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
  *step = "mount(tmpfs)";
  if (mount("tmpfs", kBase, "tmpfs", MS_NOSUID | MS_NODEV, "size=256k,mode=755") != 0) return false;
  *step = "chdir";
  if (chdir(kBase) != 0) return false;
  if (!Fill(instructions, opened, step)) return false;
  for (int i = 0; i < instructions->grant_count; ++i) {
    if (opened[i] >= 0) close(opened[i]);
  }
  // Only while the old one is in sight.
  *step = "mount(proc)";
  if (!MountProcesses()) return false;
  *step = "pivot_root";
  if (syscall(SYS_pivot_root, ".", ".") != 0) return false;
  *step = "umount";
  if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) return false;
  *step = "mount_setattr";
  struct Attributes attributes = {kReadOnly, 0, 0, 0};
  return syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attributes, sizeof(attributes)) == 0;
}
