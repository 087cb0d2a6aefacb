// The first filter of system calls: what neither node's start nor a cell ever needs. The addon puts a second one over
// it, which allows little, when all is warm.
#pragma once

void InstallFirstFilter(void);
