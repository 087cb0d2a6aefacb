// What a sealed cell may ask the kernel, as data: by name, with this processor's numbers.
//
// Everything else ends the process. Refused with an error is what libc or V8 may ask and do without: it must not end a
// cell that nobody attacks.
#pragma once

#include <cstdint>
#include <vector>

namespace isolet {

enum class SystemCallAnswer : uint8_t {
  kAllow,
  kRefuse,   // EPERM
  kUnknown,  // ENOSYS: libc then takes the older call
};

// Of one argument, counted from 0: these bits have this value.
struct ArgumentCheck {
  uint32_t argument;
  uint64_t mask;
  uint64_t value;
};

struct SystemCallRule {
  long number;
  SystemCallAnswer answer;
  // Where there are any: `answer` is given only if all of them pass; the next rule of the same call is asked otherwise,
  // and after the last one the call is refused.
  std::vector<ArgumentCheck> checks;
};

// Rules of one call stand together; those that are asked often come first.
std::vector<SystemCallRule> SystemCallsOfCell();

}  // namespace isolet
