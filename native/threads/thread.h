// Starts the engine's own threads with a chosen stack size, and tells where the calling thread's stack ends.
//
// Any thread may call these functions. No V8 here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#if defined(_M_X64)
#include <intrin.h>
#endif
#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace isolet {

// V8 is told to stop a guest about 1 MB below the entry; native helpers go on below that, some without looking (the
// compiler of regular expressions recurses once per nested group), so an engine thread has room to spare, and a guard
// area below it that is known (threads/stack_guard.h). It is address space: only what is touched costs memory.
inline constexpr size_t kEngineStackSize = 64u * 1024 * 1024;

// Starts a detached thread. False if the system refuses. `stack`: below that is a guard area of its own.
bool StartThread(const char* name, std::function<void()> body, size_t stack = kEngineStackSize);

// The calling thread gives way sooner: whoever wakes up need not wait until its turn on the core is over. Costs it no
// share of the core. Linux from 6.12 on; nothing anywhere else.
void AskForShortSlices();

// Lowest usable address of the calling thread's stack (cached per thread); 0 if the platform does not say.
uintptr_t StackBottom();

#if defined(_WIN32)
using ThreadId = unsigned long;
#else
using ThreadId = pthread_t;
#endif
ThreadId CurrentThreadId();
// Of the calling thread, and of no other for ever: ids of the system are used again when a thread has ended.
uint64_t ThreadNumber();
// Like ThreadCpuNow for a thread that is known to exist.
int64_t CpuOf(ThreadId thread);

// Nanoseconds of processor time the calling thread has used; 0 where the system does not say.
int64_t ThreadCpuNow();

// Says to the processor that this thread spins.
inline void CpuRelax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#elif defined(_M_X64)
  _mm_pause();
#endif
}

}  // namespace isolet
