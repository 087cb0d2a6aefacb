#define _GNU_SOURCE
#include "launcher/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/limits.h"
#include "launcher/report.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

// Ends as the child did: whoever waits for this process sees no difference.
static _Noreturn void EndLike(int status) {
  if (WIFSIGNALED(status)) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    kill(getpid(), WTERMSIG(status));
    // Only that one: the host may have asked for its end meanwhile, which would be what it ends by.
    sigset_t others;
    sigfillset(&others);
    sigdelset(&others, WTERMSIG(status));
    sigprocmask(SIG_SETMASK, &others, NULL);
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static _Noreturn void Keep(pid_t parent, pid_t child, int alive) {
  // A change of privileges may take it back. The child ends with this process.
  DieWithParent(parent);
  // Who reads a pipe of the child's must see its end when the child ends.
  if (dup2(alive, 0) != 0 || syscall(SYS_close_range, 1u, ~0u, 0) != 0) {
    kill(child, SIGKILL);
    _exit(1);
  }
  prctl(PR_SET_NAME, "isolet-keeper");
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGCHLD);
  sigaddset(&heard, SIGTERM);
  sigprocmask(SIG_SETMASK, &heard, NULL);
  for (;;) {
    int status = 0;
    pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) EndLike(status);
    if (ended < 0 && errno != EINTR) _exit(1);
    // To be ended, and to say what it took: nobody else knows that.
    if (sigwaitinfo(&heard, NULL) == SIGTERM) kill(child, SIGKILL);
  }
}

// The child's end of a pipe that nobody writes to: at its end the keeper is gone. exec closes it.
static int keeper_lives = -1;

void ContinueAsFirstProcess(pid_t parent) {
  int alive[2];
  if (pipe2(alive, O_CLOEXEC) != 0) Fail("process_namespace", "pipe2", errno);
  pid_t child = fork();
  if (child < 0) Fail("process_namespace", "fork", errno);
  if (child > 0) {
    ReportProcess(child);
    Keep(parent, child, alive[1]);
  }
  close(alive[1]);
  keeper_lives = alive[0];
}

void DieWithKeeper(void) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) Fail("parent_death", "prctl(PR_SET_PDEATHSIG)", errno);
  // It is outside, where its number means nothing here.
  struct pollfd end = {keeper_lives, 0, 0};
  if (poll(&end, 1, 0) != 0) Fail("parent_death", "poll", ESRCH);
}
