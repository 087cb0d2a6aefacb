#include "threads/thread.h"

#include <atomic>
#include <memory>

#include "threads/stack_guard.h"

#if defined(_WIN32)
#include <process.h>
#include <windows.h>
#else
#include <pthread.h>
#include <time.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace isolet {
namespace {

struct Start {
  const char* name;
  std::function<void()> body;
};

void RunStart(void* data) {
  std::unique_ptr<Start> start(static_cast<Start*>(data));
#if defined(__linux__)
  pthread_setname_np(pthread_self(), start->name);
#elif defined(__APPLE__)
  pthread_setname_np(start->name);
#endif
  StackGuard guard;
  start->body();
}

#if defined(_WIN32)
unsigned __stdcall ThreadMain(void* data) {
  RunStart(data);
  return 0;
}
#else
void* ThreadMain(void* data) {
  RunStart(data);
  return nullptr;
}
#endif

#if defined(__linux__)
// The first version of the kernel's struct sched_attr (linux/sched/types.h), which libc does not declare everywhere.
struct SchedulingAttributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;  // nanoseconds; of a normal thread only runtime counts, its slice
};

// The shortest the kernel takes. Measured with one tenant's guests computing on both cores: the slowest answers to
// another took half as long.
constexpr uint64_t kSlice = 100 * 1000;
#endif

uintptr_t FindStackBottom() {
#if defined(_WIN32)
  ULONG_PTR low = 0, high = 0;
  GetCurrentThreadStackLimits(&low, &high);
  return static_cast<uintptr_t>(low);
#elif defined(__APPLE__)
  pthread_t self = pthread_self();
  return reinterpret_cast<uintptr_t>(pthread_get_stackaddr_np(self)) - pthread_get_stacksize_np(self);
#else
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* address = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &address, &size);  // without the guard area, which is below it
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(address);
#endif
}

}  // namespace

bool StartThread(const char* name, std::function<void()> body, size_t stack) {
  auto start = std::make_unique<Start>(Start{name, std::move(body)});
#if defined(_WIN32)
  uintptr_t thread = _beginthreadex(nullptr, static_cast<unsigned>(stack), ThreadMain, start.get(), 0, nullptr);
  if (thread == 0) return false;
  CloseHandle(reinterpret_cast<HANDLE>(thread));
#else
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setstacksize(&attributes, stack);
  pthread_attr_setguardsize(&attributes, kStackGuardSize);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, ThreadMain, start.get());
  pthread_attr_destroy(&attributes);
  if (error != 0) return false;
#endif
  (void)start.release();  // the thread owns it now
  return true;
}

void AskForShortSlices() {
#if defined(__linux__)
  SchedulingAttributes attributes{};
  attributes.size = sizeof(attributes);
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return;
  constexpr uint32_t kNormal = 0;  // not for a process that somebody has given another policy
  if (attributes.policy != kNormal) return;
  attributes.runtime = kSlice;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
#endif
}

int64_t ThreadCpuNow() {
#if defined(_WIN32)
  FILETIME created, ended, kernel, user;
  if (!GetThreadTimes(GetCurrentThread(), &created, &ended, &kernel, &user)) return 0;
  auto ticks = [](const FILETIME& time) {
    return (static_cast<int64_t>(time.dwHighDateTime) << 32) + static_cast<int64_t>(time.dwLowDateTime);
  };
  return (ticks(kernel) + ticks(user)) * 100;
#else
  timespec time;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return 0;
  return static_cast<int64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
#endif
}

ThreadId CurrentThreadId() {
#if defined(_WIN32)
  return GetCurrentThreadId();
#else
  return pthread_self();
#endif
}

uint64_t ThreadNumber() {
  static std::atomic<uint64_t> last{0};
  thread_local const uint64_t number = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return number;
}

int64_t CpuOf(ThreadId thread) {
#if defined(__linux__)
  clockid_t clock;
  timespec time;
  if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<int64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
#else
  (void)thread;
  return 0;  // no such clock: the time on the wall has to do
#endif
}

uintptr_t StackBottom() {
  thread_local uintptr_t bottom = FindStackBottom();
  return bottom;
}

}  // namespace isolet
