// isolet-launcher: builds walls around itself, then becomes the program it was given. instructions.h says how it is
// told. As a spawner it starts others that do.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/first_filter.h"
#include "launcher/instructions.h"
#include "launcher/keeper.h"
#include "launcher/landlock.h"
#include "launcher/limits.h"
#include "launcher/namespaces.h"
#include "launcher/report.h"
#include "launcher/spawner.h"

// What a parent may have left behind: blocked or ignored signals go through exec.
static void ResetSignals(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int one = 1; one < NSIG; ++one) signal(one, SIG_DFL);
  // Its parent's end of a pipe may be gone: that is an error to handle, as in every node.
  signal(SIGPIPE, SIG_IGN);
}

int main(int count, char** arguments) {
  if (count > 1 && strcmp(arguments[1], "spawner") == 0) ServeStarts(count, arguments);
  struct Instructions instructions;
  ReadInstructions(count, arguments, &instructions);
  ResetSignals();
  umask(077);
  DieWithParent(instructions.parent);
  CloseDescriptors(&instructions);
  GoFirst();
  SetLimits(&instructions, false);
  const bool first = EnterNamespaces(&instructions);
  if (!first) ReportProcess(getpid());
  RefuseNewPrivileges();
  DropCapabilities();
  // A change of privileges may take it back.
  if (first) {
    DieWithKeeper();
  } else {
    DieWithParent(instructions.parent);
  }
  ReportHeld("parent_death", SIGKILL);
  RestrictFiles(&instructions);
  SetLimits(&instructions, true);
  InstallFirstFilter();
  execve(instructions.program[0], instructions.program, instructions.variables);
  Fail("program", "execve", errno);
}
