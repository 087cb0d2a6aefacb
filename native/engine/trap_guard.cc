#include "engine/trap_guard.h"

#include <chrono>
#include <mutex>
#include <thread>

#include "engine/executor.h"

#if !defined(_WIN32)
#include <signal.h>
#endif

namespace isolet {
namespace {

#if !defined(_WIN32)

// How V8 stops a process, by version and build: int3, ud2 or abort().
constexpr int kSignals[] = {SIGTRAP, SIGILL, SIGABRT};
constexpr int kCount = 3;

struct Watch {
  void (*trapped)(void* data) = nullptr;
  void* data = nullptr;
};
thread_local Watch watch;

std::mutex mutex;  // guards everything below; leaf lock
int guards = 0;
struct sigaction before[kCount];

void OnSignal(int number) {
  if (watch.trapped == nullptr || !Executor::Get().AbandonThisThread()) {
    // Not ours: what would have happened without us.
    for (int i = 0; i < kCount; ++i) {
      if (kSignals[i] == number) sigaction(number, &before[i], nullptr);
    }
    raise(number);
    return;
  }
  // The signal came from V8's own check, on this thread and outside every lock of ours, so this is ordinary code.
  watch.trapped(watch.data);
  for (;;) std::this_thread::sleep_for(std::chrono::hours(24));
}

#endif

}  // namespace

#if defined(_WIN32)
TrapGuard::TrapGuard(void (*)(void*), void*) {}
TrapGuard::~TrapGuard() = default;
#else

TrapGuard::TrapGuard(void (*trapped)(void* data), void* data) {
  watch = {trapped, data};
  std::lock_guard<std::mutex> lock(mutex);
  if (guards++ > 0) return;
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_NODEFER | SA_ONSTACK;
  for (int i = 0; i < kCount; ++i) sigaction(kSignals[i], &action, &before[i]);
}

// Not reached on a parked thread: its guard stays, and with it the handlers.
TrapGuard::~TrapGuard() {
  watch = {};
  std::lock_guard<std::mutex> lock(mutex);
  if (--guards > 0) return;
  for (int i = 0; i < kCount; ++i) sigaction(kSignals[i], &before[i], nullptr);
}
#endif

}  // namespace isolet
