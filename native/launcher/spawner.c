#define _GNU_SOURCE
#include "launcher/spawner.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/children.h"
#include "launcher/requests.h"
#include "launcher/start.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { kHost = 3 };

static bool Start(struct Request* request, unsigned long long id) {
  const char* step = "start";
  errno = EINVAL;
  const bool whole = request->count > 3 && request->carried[0] >= 0;
  const pid_t pid = whole ? StartProgram(request, &step) : -1;
  const int error = errno;
  CloseCarried(request);
  if (pid < 0) return Answer(kHost, "failed %llu %s %d", id, step, error);
  if (AddChild(id, pid)) return Answer(kHost, "started %llu %d", id, (int)pid);
  kill(pid, SIGKILL);
  return Answer(kHost, "failed %llu malloc %d", id, ENOMEM);
}

// Nobody else buries them, so the number is that of no other process.
static bool Signal(const struct Request* request, unsigned long long id) {
  const pid_t pid = FindChild(id);
  const int number = atoi(request->texts[2]);
  const int error = pid == 0 ? ESRCH : kill(pid, number) != 0 ? errno : 0;
  return Answer(kHost, "signalled %llu %d", id, error);
}

// False: the host is gone.
static bool Serve(void) {
  struct Request request;
  if (!ReadRequest(kHost, &request) || request.count < 3) {
    CloseCarried(&request);
    return false;
  }
  const unsigned long long id = strtoull(request.texts[1], NULL, 10);
  if (strcmp(request.texts[0], "start") == 0) return Start(&request, id);
  CloseCarried(&request);
  return strcmp(request.texts[0], "signal") == 0 && Signal(&request, id);
}

static unsigned long long Microseconds(struct timeval time) {
  return (unsigned long long)time.tv_sec * 1000000 + (unsigned long long)time.tv_usec;
}

// Buries who has ended. False: the host is gone.
static bool Bury(void) {
  for (;;) {
    int status = 0;
    struct rusage use;
    const pid_t pid = wait4(-1, &status, WNOHANG, &use);
    if (pid < 0 && errno == EINTR) continue;
    if (pid <= 0) return true;
    unsigned long long id = 0;
    // What never became a child of the host's, or the orphan of one.
    if (!RemoveChild(pid, &id)) continue;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (!Answer(kHost, "exited %llu %d %d %ld %llu", id, code, number, use.ru_maxrss,
                Microseconds(use.ru_utime) + Microseconds(use.ru_stime))) {
      return false;
    }
  }
}

static _Noreturn void EndAll(void) {
  close(kHost);
  KillChildren();
  // Orphans too: they end with who started them.
  while (wait4(-1, NULL, 0, NULL) > 0 || errno == EINTR) {
  }
  _exit(0);
}

// Ends it when it is to end; -1: the system refuses.
static int Listen(void) {
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGCHLD);
  sigaddset(&heard, SIGTERM);
  sigprocmask(SIG_SETMASK, &heard, NULL);
  return signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool HearSignals(int signals) {
  struct signalfd_siginfo one;
  bool over = false;
  while (read(signals, &one, sizeof(one)) == sizeof(one)) over |= one.ssi_signo == SIGTERM;
  return Bury() && !over;
}

void ServeStarts(int count, char** arguments) {
  for (int one = 1; one < NSIG; ++one) signal(one, SIG_DFL);
  const int signals = Listen();
  const pid_t parent = count == 3 ? (pid_t)atoi(arguments[2]) : 0;
  syscall(SYS_close_range, kHost + 1, signals - 1, 0);
  // The signal that it hears, so that it ends the others first.
  if (signals < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent || chdir("/") != 0) _exit(1);
  syscall(SYS_close_range, signals + 1, ~0u, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_NAME, "isolet-spawner");
  struct pollfd waits[] = {{kHost, POLLIN, 0}, {signals, POLLIN, 0}};
  for (;;) {
    if (poll(waits, 2, -1) < 0 && errno != EINTR) EndAll();
    if (waits[1].revents != 0 && !HearSignals(signals)) EndAll();
    if (waits[0].revents != 0 && !Serve()) EndAll();
  }
}
