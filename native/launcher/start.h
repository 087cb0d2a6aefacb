// Starts one program with the descriptors that came for it.
#pragma once

#include <sys/types.h>

#include "launcher/requests.h"

// Of a `start`. The process, or -1: `step` and errno say what the system refused.
pid_t StartProgram(const struct Request* request, const char** step);
