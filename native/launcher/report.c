#include "launcher/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int report = 2;

// So that a shell's or node's own status is not mistaken for it.
enum { kFailed = 120 };

static void Write(const char* line, int length) {
  // One write of less than PIPE_BUF is never split.
  while (write(report, line, (size_t)length) < 0 && errno == EINTR) {
  }
}

static void Say(const char* what, const char* layer, const char* step, int number) {
  char line[160];
  int length = snprintf(line, sizeof(line), "%s %s %s%s%d\n", what, layer, step, step[0] == 0 ? "" : " ", number);
  if (length >= (int)sizeof(line)) length = (int)sizeof(line) - 1;
  Write(line, length);
}

void ReportProcess(int pid) {
  char line[40];
  Write(line, snprintf(line, sizeof(line), "process %d\n", pid));
}

void ReportTo(int descriptor) { report = descriptor; }

int ReportDescriptor(void) { return report; }

void ReportHeld(const char* layer, int detail) { Say("held", layer, "", detail); }

void ReportMissing(const char* layer, const char* step, int error) { Say("missing", layer, step, error); }

void Fail(const char* layer, const char* step, int error) {
  Say("failed", layer, step, error);
  _exit(kFailed);
}
