#define _GNU_SOURCE
#include "launcher/namespaces.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/empty_root.h"
#include "launcher/identity.h"
#include "launcher/keeper.h"
#include "launcher/report.h"

// False: it is missing, and may be.
static bool Enter(enum Want want, const char* layer, const char* step, int flag) {
  if (unshare(flag) != 0) {
    if (want == kRequired) Fail(layer, step, errno);
    ReportMissing(layer, step, errno);
    return false;
  }
  ReportHeld(layer, 0);
  return true;
}

// These two have steps after which there is no way back, so a child tries them first. Answers 0 or an errno.
static int Rehearse(const struct Instructions* instructions, struct Identity outside, bool root) {
  pid_t child = fork();
  if (child < 0) return errno;
  if (child == 0) {
    const char* step;
    if (!root) _exit(EnterUserNamespace(outside, &step) ? 0 : errno);
    bool entered = unshare(CLONE_NEWNS) == 0 && EnterEmptyRoot(instructions, &step);
    _exit(entered ? 0 : errno);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return errno;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

static void EnterUser(const struct Instructions* instructions, struct Identity outside) {
  const enum Want want = instructions->namespaces;
  const char* step = NULL;
  int error = want == kAuto ? Rehearse(instructions, outside, false) : 0;
  if (error != 0) {
    ReportMissing("user_namespace", "unshare(CLONE_NEWUSER)", error);
    return;
  }
  if (!EnterUserNamespace(outside, &step)) Fail("user_namespace", step, errno);
  ReportHeld("user_namespace", 0);
}

static void EnterRoot(const struct Instructions* instructions, struct Identity outside) {
  const char* step = "unshare(CLONE_NEWNS)";
  int error = instructions->namespaces == kAuto ? Rehearse(instructions, outside, true) : 0;
  if (error != 0) {
    ReportMissing("empty_root", step, error);
    return;
  }
  if (unshare(CLONE_NEWNS) != 0 || !EnterEmptyRoot(instructions, &step)) Fail("empty_root", step, errno);
  ReportHeld("empty_root", 0);
}

bool EnterNamespaces(const struct Instructions* instructions) {
  const enum Want want = instructions->namespaces;
  if (want == kOff) {
    ReportMissing("namespaces", "off", 0);
    return false;
  }
  const struct Identity outside = CurrentIdentity();
  EnterUser(instructions, outside);
  Enter(want, "network_namespace", "unshare(CLONE_NEWNET)", CLONE_NEWNET);
  Enter(want, "ipc_namespace", "unshare(CLONE_NEWIPC)", CLONE_NEWIPC);
  Enter(want, "uts_namespace", "unshare(CLONE_NEWUTS)", CLONE_NEWUTS);
  const bool first = Enter(want, "process_namespace", "unshare(CLONE_NEWPID)", CLONE_NEWPID);
  if (first) ContinueAsFirstProcess(instructions->parent);
  EnterRoot(instructions, outside);
  return first;
}
