// What an attacker with native code in a cell would try, as system calls with arguments.
#pragma once

#include <stddef.h>

struct Attempt {
  const char* name;
  long number;
  long arguments[6];
};

// In place of an argument: the process that started the cell, and this process.
enum { kParent = -1000001, kSelf = -1000002 };

extern const struct Attempt kAttempts[];
extern const size_t kAttemptCount;

// The errno, or 0 if it was allowed; whatever it opened stays open.
int Try(const struct Attempt* attempt, long parent);
