#define _GNU_SOURCE
#include "launcher/start.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

// The places of a request's texts.
enum { kUser = 2, kProgram = 3 };

// In the new process: why nothing was started, by its place here.
static const char* const kSteps[] = {"execve", "dup2", "setgroups", "setgid", "setuid", "chdir", "user"};
enum Step { kExecve, kDup2, kSetgroups, kSetgid, kSetuid, kChdir, kNoUser };

struct Refusal {
  int step;
  int error;
};

static bool BecomeUser(const char* user, enum Step* step) {
  if (strcmp(user, "-") == 0) return true;
  char* end = NULL;
  *step = kNoUser;
  errno = EINVAL;
  const unsigned long uid = strtoul(user, &end, 10);
  if (end == user || *end != ':') return false;
  const char* group = end + 1;
  const unsigned long gid = strtoul(group, &end, 10);
  if (end == group || *end != 0) return false;
  *step = kSetgroups;
  // Who may not leave groups has none that it would lose by that.
  if (geteuid() == 0 && setgroups(0, NULL) != 0) return false;
  *step = kSetgid;
  if (setgid((gid_t)gid) != 0) return false;
  *step = kSetuid;
  return setuid((uid_t)uid) == 0;
}

static bool PlaceDescriptors(const struct Request* request) {
  int above[kCarried];
  // Out of the way first: one may be where another one goes.
  for (int i = 0; i < kCarried; ++i) {
    above[i] = fcntl(request->carried[i], F_DUPFD_CLOEXEC, kCarried + 1);
    if (above[i] < 0) return false;
  }
  for (int i = 0; i < kCarried; ++i) {
    if (dup2(above[i], i + 1) < 0) return false;
  }
  return true;
}

static enum Step Become(const struct Request* request) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Ctrl-C in a terminal is for the host, which then decides.
  setsid();
  if (!PlaceDescriptors(request)) return kDup2;
  enum Step step = kNoUser;
  if (!BecomeUser(request->texts[kUser], &step)) return step;
  if (chdir("/") != 0) return kChdir;
  char* nothing[] = {NULL};
  execve(request->texts[kProgram], (char**)&request->texts[kProgram], nothing);
  return kExecve;
}

pid_t StartProgram(const struct Request* request, const char** step) {
  int said[2];
  *step = "pipe2";
  if (pipe2(said, O_CLOEXEC) != 0) return -1;
  *step = "fork";
  const pid_t pid = fork();
  if (pid == 0) {
    struct Refusal refusal = {(int)Become(request), 0};
    refusal.error = errno;
    while (write(said[1], &refusal, sizeof(refusal)) < 0 && errno == EINTR) {
    }
    _exit(1);
  }
  const int error = errno;
  close(said[1]);
  struct Refusal refusal = {0, 0};
  ssize_t length = 0;
  while (pid > 0 && (length = read(said[0], &refusal, sizeof(refusal))) < 0 && errno == EINTR) {
  }
  close(said[0]);
  errno = error;
  if (pid < 0 || length <= 0) return pid;
  // It is buried with the others.
  *step = kSteps[refusal.step];
  errno = refusal.error;
  return -1;
}
