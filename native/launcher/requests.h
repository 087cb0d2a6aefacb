// What the host asks of the spawner, and what it hears: a stream socket between the two.
//
// A request is a length (32 bits, of this machine) and so many bytes of texts, each ended by 0. Each is answered once.
//
//   start ID USER PROGRAM ARGUMENT…   with kCarried descriptors; USER is `-` or `UID:GID`
//   signal ID NUMBER
//
// An answer is a line.
//
//   started ID PID          failed ID STEP ERRNO          signalled ID ERRNO
//   exited ID CODE SIGNAL KILOBYTES MICROSECONDS     not asked for: of memory at most, of processor time
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Become 1, 2, 3 and 4 of the process: what it writes, what its errors say, the channel, the report.
enum { kCarried = 4, kMostTexts = 1024 };

struct Request {
  char* texts[kMostTexts + 1];  // ended by NULL; hold until the next request is read
  int count;
  int carried[kCarried];  // the caller's to close; -1: none
};

// Waits for a whole one. False: the host is gone, or it said what can't be.
bool ReadRequest(int socket, struct Request* request);

void CloseCarried(struct Request* request);

// A line. False: the host is gone.
bool Answer(int socket, const char* format, ...) __attribute__((format(printf, 2, 3)));
