// What a process can be bound to without the kernel knowing any namespace: descriptors, resource limits, privileges.
#pragma once

#include "launcher/instructions.h"

// Closes every descriptor but 0, 1, 2, the report (which exec will close) and what is to be kept.
void CloseDescriptors(const struct Instructions* instructions);

// When the machine runs out of memory the kernel ends this process sooner than its host. Where it does not let that be
// said it chooses by size.
void GoFirst(void);

// The kernel kills this process when its parent is gone, which may have happened already. `parent`: 0 where it can't be
// seen, because it lives outside the namespace.
void DieWithParent(pid_t parent);

// exec gives no privilege any more.
void RefuseNewPrivileges(void);

// Whatever the user may: nothing of it is left, and exec brings nothing back.
void DropCapabilities(void);

// RLIMIT_NOFILE last of all: the other steps need descriptors.
void SetLimits(const struct Instructions* instructions, bool nofile);
