#define _GNU_SOURCE
#include "launcher/requests.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// More than a system takes as arguments of a program.
enum { kLongest = 4 * 1024 * 1024 };

static char* bytes;
static size_t room;

// One more than it has: another descriptor would be cut off unseen.
enum { kMostAtOnce = kCarried + 1 };

// What came beside the bytes. False: not as many as there have to be.
static bool TakeCarried(struct msghdr* message, struct Request* request) {
  for (struct cmsghdr* one = CMSG_FIRSTHDR(message); one != NULL; one = CMSG_NXTHDR(message, one)) {
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    int taken[kMostAtOnce];
    memcpy(taken, CMSG_DATA(one), (count < kMostAtOnce ? count : kMostAtOnce) * sizeof(int));
    if (count != kCarried || request->carried[0] >= 0) {
      for (size_t i = 0; i < count && i < kMostAtOnce; ++i) close(taken[i]);
      return false;
    }
    memcpy(request->carried, taken, sizeof(request->carried));
  }
  return (message->msg_flags & MSG_CTRUNC) == 0;
}

static bool ReadAll(int socket, void* to, size_t length, struct Request* request) {
  for (size_t at = 0; at < length;) {
    union {
      char room[CMSG_SPACE(kMostAtOnce * sizeof(int))];
      struct cmsghdr aligned;
    } beside;
    struct iovec part = {(char*)to + at, length - at};
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = beside.room;
    message.msg_controllen = sizeof(beside.room);
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || !TakeCarried(&message, request)) return false;
    at += (size_t)count;
  }
  return true;
}

static bool Split(struct Request* request, size_t length) {
  if (length == 0 || bytes[length - 1] != 0) return false;
  request->count = 0;
  for (char* at = bytes; at < bytes + length; at += strlen(at) + 1) {
    if (request->count == kMostTexts) return false;
    request->texts[request->count++] = at;
  }
  request->texts[request->count] = NULL;
  return true;
}

bool ReadRequest(int socket, struct Request* request) {
  for (int i = 0; i < kCarried; ++i) request->carried[i] = -1;
  uint32_t length = 0;
  if (!ReadAll(socket, &length, sizeof(length), request) || length > kLongest) return false;
  if (length > room) {
    char* larger = realloc(bytes, length);
    if (larger == NULL) return false;
    bytes = larger;
    room = length;
  }
  return ReadAll(socket, bytes, length, request) && Split(request, length);
}

void CloseCarried(struct Request* request) {
  for (int i = 0; i < kCarried; ++i) {
    if (request->carried[i] >= 0) close(request->carried[i]);
    request->carried[i] = -1;
  }
}

bool Answer(int socket, const char* format, ...) {
  char line[200];
  va_list values;
  va_start(values, format);
  int length = vsnprintf(line, sizeof(line) - 1, format, values);
  va_end(values);
  if (length < 0) return false;
  if (length > (int)sizeof(line) - 2) length = (int)sizeof(line) - 2;
  line[length++] = '\n';
  for (int at = 0; at < length;) {
    ssize_t sent = send(socket, line + at, (size_t)(length - at), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return false;
    if (sent > 0) at += (int)sent;
  }
  return true;
}
