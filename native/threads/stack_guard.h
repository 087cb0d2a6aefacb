// The guard area below an engine thread's stack, and the small second stack on which a signal handler can look when the
// first one is full. V8 recurses without looking in places (the compiler of regular expressions, once per nested
// group); whoever runs into the guard area in such a place can be told from every other fault.
//
// One StackGuard lives on the stack of every thread that StartThread starts. The static functions are about the calling
// thread; Holds and GiveRoom are async-signal-safe. No V8 here. Linux; nothing anywhere else.
#pragma once

#include <cstddef>
#include <cstdint>

// For what signal handlers read: the first use of any other thread_local of a loaded library allocates memory. musl
// does that when it loads the library, and takes no other kind.
#if defined(__GLIBC__)
#define ISOLET_SIGNAL_SAFE_THREAD_LOCAL thread_local __attribute__((tls_model("initial-exec")))
#else
#define ISOLET_SIGNAL_SAFE_THREAD_LOCAL thread_local
#endif

namespace isolet {

// Larger than any frame, so that no function reaches across it.
inline constexpr size_t kStackGuardSize = 1024 * 1024;

class StackGuard {
 public:
  StackGuard();
  ~StackGuard();
  StackGuard(const StackGuard&) = delete;
  StackGuard& operator=(const StackGuard&) = delete;

  // Whether that address is in the guard area. Always false on threads without a StackGuard.
  static bool Holds(const void* address);
  // Makes the next part of the guard area usable, so that the thread can go on for a little. False: none is left.
  static bool GiveRoom();
  // Takes back what GiveRoom gave. The stack must not reach into it any more.
  static void Restore();
  // Lowest address above the guard area.
  static uintptr_t Bottom();
};

// Gives back what this part of the stack of a thread that will never use it again holds.
void EmptyStack(uintptr_t from, uintptr_t to);

}  // namespace isolet
