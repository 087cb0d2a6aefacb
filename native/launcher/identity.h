// A user namespace: the process is somebody without a privilege outside it, whoever started it.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

// Who the process is outside.
struct Identity {
  uid_t user;
  gid_t group;
};

struct Identity CurrentIdentity(void);

// False: `step` and errno say what the kernel refused, and the process is of no use any more.
bool EnterUserNamespace(struct Identity outside, const char** step);
