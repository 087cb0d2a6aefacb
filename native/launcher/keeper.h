// A process namespace begins with a child. Its parent stays, with nothing in its hands, to say how the child ended;
// when it is killed, the kernel kills the child.
#pragma once

#include <sys/types.h>

// After unshare(CLONE_NEWPID): returns in the child, the first process of its namespace. `parent`: of this process.
void ContinueAsFirstProcess(pid_t parent);

// In that child, like DieWithParent.
void DieWithKeeper(void);
