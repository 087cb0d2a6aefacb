// A root folder in which nothing is but what the instructions grant, and that can't be written to.
#pragma once

#include <stdbool.h>

#include "launcher/instructions.h"

// In a mount namespace of its own. False: `step` and errno say what the kernel refused; the old root may be hidden in
// part, so the process is of no use any more. /proc is there too: of the own process namespace, if there is one.
bool EnterEmptyRoot(const struct Instructions* instructions, const char** step);
