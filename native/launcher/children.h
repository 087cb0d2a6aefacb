// The processes that the spawner has started and not buried yet, by what the host calls them.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

// False: no memory.
bool AddChild(unsigned long long id, pid_t pid);
// 0: there is none.
pid_t FindChild(unsigned long long id);
// False: it is none of them, as an orphan that was left by one.
bool RemoveChild(pid_t pid, unsigned long long* id);
void KillChildren(void);
