// Namespaces: what of the system the process can see at all. Each stands alone; in `auto` those that the kernel (or a
// container's own filter) refuses are missing, and said to be.
#pragma once

#include "launcher/instructions.h"

// Returns in the process that goes on; true: that is the first of a process namespace, a child.
bool EnterNamespaces(const struct Instructions* instructions);
