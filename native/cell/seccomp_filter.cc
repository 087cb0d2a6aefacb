#include "cell/seccomp_filter.h"

#include <cerrno>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace isolet {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

using Program = std::vector<sock_filter>;

// The kernel fills the structure in the order of the processor's bytes: both of these have the low half first.
constexpr uint32_t LowHalf(uint32_t argument) {
  return static_cast<uint32_t>(offsetof(seccomp_data, args)) + argument * 8;
}

void Add(Program* program, uint16_t code, uint32_t value, size_t if_true = 0, size_t if_false = 0) {
  program->push_back({code, static_cast<uint8_t>(if_true), static_cast<uint8_t>(if_false), value});
}

void Load(Program* program, uint32_t offset) { Add(program, BPF_LD | BPF_W | BPF_ABS, offset); }

void Return(Program* program, uint32_t answer) { Add(program, BPF_RET | BPF_K, answer); }

uint32_t CodeOf(SystemCallAnswer answer) {
  switch (answer) {
    case SystemCallAnswer::kAllow:
      return SECCOMP_RET_ALLOW;
    case SystemCallAnswer::kUnknown:
      return SECCOMP_RET_ERRNO | ENOSYS;
    case SystemCallAnswer::kRefuse:
      break;
  }
  return SECCOMP_RET_ERRNO | EPERM;
}

constexpr size_t kPartOfCheck = 3;

size_t PartsOf(const ArgumentCheck& check) { return (check.mask >> 32) != 0 ? 2 : 1; }

// One half of an argument; past `to_end` instructions after it if it is another value.
void AddPart(Program* program, uint32_t offset, uint32_t mask, uint32_t value, size_t to_end) {
  Load(program, offset);
  Add(program, BPF_ALU | BPF_AND | BPF_K, mask);
  Add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, to_end);
}

void AddRule(Program* program, const SystemCallRule& rule) {
  size_t parts = 0;
  for (const ArgumentCheck& check : rule.checks) parts += PartsOf(check);
  size_t after = parts * kPartOfCheck + 1;  // with the answer
  for (const ArgumentCheck& check : rule.checks) {
    const uint32_t low = LowHalf(check.argument);
    after -= kPartOfCheck;
    AddPart(program, low, static_cast<uint32_t>(check.mask), static_cast<uint32_t>(check.value), after);
    if (PartsOf(check) == 1) continue;
    after -= kPartOfCheck;
    AddPart(program, low + 4, static_cast<uint32_t>(check.mask >> 32), static_cast<uint32_t>(check.value >> 32), after);
  }
  Return(program, CodeOf(rule.answer));
}

// All rules of one call, from `at`. Answers where the next call begins.
size_t AddCall(Program* program, const std::vector<SystemCallRule>& rules, size_t at) {
  const long number = rules[at].number;
  Program body;
  bool decided = false;
  for (; at < rules.size() && rules[at].number == number; ++at) {
    AddRule(&body, rules[at]);
    decided = rules[at].checks.empty();
  }
  if (!decided) Return(&body, SECCOMP_RET_ERRNO | EPERM);
  Add(program, BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(number), 0, body.size());
  program->insert(program->end(), body.begin(), body.end());
  return at;
}

Program Assemble(const std::vector<SystemCallRule>& rules) {
  Program program;
  Load(&program, offsetof(seccomp_data, arch));
  Add(&program, BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0);
  Return(&program, SECCOMP_RET_KILL_PROCESS);
  Load(&program, offsetof(seccomp_data, nr));
  // x32's numbers are x64's with a bit more, so none of them is in the list.
  for (size_t at = 0; at < rules.size();) at = AddCall(&program, rules, at);
  Return(&program, SECCOMP_RET_KILL_PROCESS);
  return program;
}

}  // namespace

int InstallFilter(const std::vector<SystemCallRule>& rules) {
  Program program = Assemble(rules);
  sock_fprog filter = {static_cast<uint16_t>(program.size()), program.data()};
  const long answer = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  if (answer == 0) return 0;
  return answer > 0 ? ESRCH : errno;
}

}  // namespace isolet

#else

namespace isolet {

int InstallFilter(const std::vector<SystemCallRule>&) { return ENOSYS; }

}  // namespace isolet

#endif
