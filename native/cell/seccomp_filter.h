// From a list of system calls to a filter that the kernel runs before each one, for every thread of the process and for
// good.
#pragma once

#include <vector>

#include "cell/system_calls.h"

namespace isolet {

// 0, or an errno; ESRCH: a thread could not be brought under it. After 0 nothing but `rules` is left.
int InstallFilter(const std::vector<SystemCallRule>& rules);

}  // namespace isolet
