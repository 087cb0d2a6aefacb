#include "threads/stack_guard.h"

#if defined(__linux__)

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <iterator>

namespace isolet {
namespace {

// For what the system saves of the registers and for the handlers of others.
constexpr size_t kAlternateSize = 128 * 1024;
constexpr size_t kAlternateGuard = 64 * 1024;

// Pages that are given at a time. Primes: what comes again and again at regular distances (the compiler takes memory
// every so many levels) does not meet the beginning of each of them.
constexpr size_t kParts[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};

#if !defined(MADV_GUARD_REMOVE)
#define MADV_GUARD_REMOVE 103
#endif

ISOLET_SIGNAL_SAFE_THREAD_LOCAL uintptr_t low = 0;  // of the guard area; 0: no StackGuard on this thread
ISOLET_SIGNAL_SAFE_THREAD_LOCAL uintptr_t high = 0;
ISOLET_SIGNAL_SAFE_THREAD_LOCAL uintptr_t given = 0;  // lowest address that GiveRoom made usable
ISOLET_SIGNAL_SAFE_THREAD_LOCAL size_t parts = 0;
ISOLET_SIGNAL_SAFE_THREAD_LOCAL void* alternate = nullptr;

void FindGuard() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* address = nullptr;
  size_t size = 0, guard = 0;
  // The stack without its guard area, which is below it: glibc since 2.27, and musl.
  if (pthread_attr_getstack(&attributes, &address, &size) == 0 && pthread_attr_getguardsize(&attributes, &guard) == 0 &&
      guard >= kStackGuardSize) {
    high = given = reinterpret_cast<uintptr_t>(address);
    low = high - guard;
  }
  pthread_attr_destroy(&attributes);
}

void UseAlternateStack() {
  stack_t current = {};
  // A sanitizer has made one.
  if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
  void* memory = mmap(nullptr, kAlternateGuard + kAlternateSize, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t stack = {};
  stack.ss_sp = static_cast<char*>(memory) + kAlternateGuard;
  stack.ss_size = kAlternateSize;
  if (mprotect(stack.ss_sp, stack.ss_size, PROT_READ | PROT_WRITE) == 0 && sigaltstack(&stack, nullptr) == 0) {
    alternate = memory;
  } else {
    munmap(memory, kAlternateGuard + kAlternateSize);
  }
}

}  // namespace

StackGuard::StackGuard() {
  UseAlternateStack();
  FindGuard();
}

StackGuard::~StackGuard() {
  low = high = given = 0;
  if (alternate == nullptr) return;
  stack_t none = {};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
  munmap(alternate, kAlternateGuard + kAlternateSize);
  alternate = nullptr;
}

bool StackGuard::Holds(const void* address) {
  auto at = reinterpret_cast<uintptr_t>(address);
  return at >= low && at < high;
}

bool StackGuard::GiveRoom() {
  if (parts == std::size(kParts)) return false;
  size_t size = kParts[parts] * static_cast<size_t>(sysconf(_SC_PAGESIZE));
  if (given - low < size) return false;
  auto* from = reinterpret_cast<void*>(given - size);
  // How glibc 2.42 makes guard areas; elsewhere it is refused.
  madvise(from, size, MADV_GUARD_REMOVE);
  if (mprotect(from, size, PROT_READ | PROT_WRITE) != 0) return false;
  given -= size;
  ++parts;
  return true;
}

void StackGuard::Restore() {
  if (given == high) return;
  auto* from = reinterpret_cast<void*>(given);
  madvise(from, high - given, MADV_DONTNEED);
  if (mprotect(from, high - given, PROT_NONE) != 0) return;
  given = high;
  parts = 0;
}

uintptr_t StackGuard::Bottom() { return high; }

void EmptyStack(uintptr_t from, uintptr_t to) {
  auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  to = to / page * page;
  if (from != 0 && to > from) madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
}

}  // namespace isolet

#else

namespace isolet {

StackGuard::StackGuard() {}
StackGuard::~StackGuard() {}
bool StackGuard::Holds(const void*) { return false; }
bool StackGuard::GiveRoom() { return false; }
void StackGuard::Restore() {}
uintptr_t StackGuard::Bottom() { return 0; }
void EmptyStack(uintptr_t, uintptr_t) {}

}  // namespace isolet

#endif
