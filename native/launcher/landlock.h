// Landlock: files, abstract sockets and processes that this process and its children can reach, kept by the kernel.
#pragma once

#include "launcher/instructions.h"

// Nothing is left but what the instructions grant. Ends the process if it is required and can't be had.
void RestrictFiles(const struct Instructions* instructions);
