#include "lost/lost_threads.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lost/fatal_guard.h"
#include "lost/losable.h"
#include "lost/reclaimer.h"
#include "threads/c_library_code.h"
#include "threads/signals.h"
#include "threads/stack_guard.h"
#include "threads/thread.h"

#if defined(__linux__)
#include <semaphore.h>
#include <signal.h>
#include <ucontext.h>
#endif

namespace isolet {

#if defined(__linux__)

namespace {

// How often the park signal is sent until it takes effect.
constexpr auto kRetry = std::chrono::milliseconds(5);
// V8 keeps a guest's own frames within 1 MB below its entry. Nobody else looks at what is further down.
constexpr uintptr_t kKeptStack = 2 * 1024 * 1024;

// A lost guest whose thread is still to be stopped.
struct Unparked {
  std::shared_ptr<Losable> guest;
  ThreadId thread;
};

struct Report {
  std::shared_ptr<Losable> guest;
  Gate::Entry entry;
  const char* why;
};

// A guest whose thread could not go on: written by signal handlers.
struct Parked {
  std::atomic<Losable*> taken{nullptr};
  std::atomic<bool> complete{false};
  const char* why = nullptr;
  // What of its stack nobody needs.
  uintptr_t stack_from = 0;
  uintptr_t stack_to = 0;
};

struct State {
  sem_t wake;
  std::array<Parked, 64> parked;
  std::mutex mutex;  // guards reported; leaf lock
  std::vector<Report> reported;
  Reclaimer reclaimer;
  int park_signal = 0;
};

// Never destroyed: parked threads and handlers refer to it until the process is gone.
State* state = nullptr;

uintptr_t ProgramCounter(void* context) {
  auto* user = static_cast<ucontext_t*>(context);
#if defined(__x86_64__)
  return static_cast<uintptr_t>(user->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return static_cast<uintptr_t>(user->uc_mcontext.pc);
#else
  (void)user;
  return 0;
#endif
}

// Where a function that has made no frame of its own returns to; 0: not known here.
uintptr_t ReturnAddress(void* context) {
  auto* user = static_cast<ucontext_t*>(context);
#if defined(__x86_64__)
  return *reinterpret_cast<const uintptr_t*>(user->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  return static_cast<uintptr_t>(user->uc_mcontext.regs[30]);
#else
  (void)user;
  return 0;
#endif
}

// A parked thread would keep the locks of the C library that it has. What moves memory for V8 has none, and may be
// where a guest spends nearly all its time.
bool MayParkAt(void* context) {
  const uintptr_t at = ProgramCounter(context);
  return !CLibrary::Has(at) || CLibrary::IsCopyFor(at, ReturnAddress(context));
}

bool OnParkSignal(int, siginfo_t*, void* context) {
  Losable* guest = FatalGuard::Running();
  if (guest == nullptr) return false;
  // The next signal comes soon.
  if (!guest->lost() || !MayParkAt(context)) return true;
  guest->NoteParked();
  ParkThisThread();
}

// Returns only if there is no place to say so.
void ParkAndReport(Losable* guest, const char* why, uintptr_t stack_from, uintptr_t stack_to) {
  for (Parked& slot : state->parked) {
    Losable* free = nullptr;
    if (!slot.taken.compare_exchange_strong(free, guest)) continue;
    slot.why = why;
    slot.stack_from = stack_from;
    slot.stack_to = stack_to;
    guest->NoteParked();
    slot.complete.store(true, std::memory_order_release);
    sem_post(&state->wake);
    ParkThisThread();
  }
}

bool OnTrap(int, siginfo_t*, void*) {
  Losable* guest = FatalGuard::Running();
  if (guest == nullptr || guest->OnHostThread()) return false;
  ParkAndReport(guest, "V8 stopped itself on a failed check", 0, 0);
  return false;
}

bool OnFault(int, siginfo_t* info, void* context) {
  // Sent by somebody, or an access to anything else: not ours.
  if (info->si_code <= 0 || !StackGuard::Holds(info->si_addr)) return false;
  Losable* guest = FatalGuard::Running();
  if (guest == nullptr) return false;
  // It may hold a lock there: it ends what it is doing, and V8 runs into what is left of the guard area.
  if (CLibrary::Has(ProgramCounter(context))) return StackGuard::GiveRoom();
  uintptr_t kept = reinterpret_cast<uintptr_t>(FatalGuard::Where()) - kKeptStack;
  ParkAndReport(guest, "V8 used up its thread's stack", StackGuard::Bottom(), kept);
  return false;
}

void Main() {
  std::vector<Unparked> unparked;
  bool to_reclaim = false;
  for (;;) {
    if (!unparked.empty()) {
      std::this_thread::sleep_for(kRetry);
    } else if (to_reclaim) {
      std::this_thread::sleep_for(Reclaimer::kPeriod);
    } else {
      sem_wait(&state->wake);
    }
    for (Parked& slot : state->parked) {
      if (!slot.complete.load(std::memory_order_acquire)) continue;
      slot.taken.load()->DeclareLost(slot.why, nullptr);
      EmptyStack(slot.stack_from, slot.stack_to);
      slot.complete.store(false);
      slot.taken.store(nullptr);
    }
    std::vector<Report> reported;
    {
      std::lock_guard<std::mutex> lock(state->mutex);
      reported.swap(state->reported);
    }
    for (Report& report : reported) {
      if (!report.guest->DeclareLost(report.why, &report.entry)) continue;
      unparked.push_back({std::move(report.guest), report.entry.thread});
    }
    std::erase_if(unparked, [](const Unparked& one) {
      if (one.guest->parked()) return true;
      pthread_kill(one.thread, state->park_signal);
      return false;
    });
    to_reclaim = state->reclaimer.GiveBackDue();
  }
}

}  // namespace

void ParkThisThread() {
  sigset_t all;
  sigfillset(&all);
  for (;;) sigsuspend(&all);
}

bool LostThreads::Start() {
  static std::atomic<bool> started{false};
  if (started.load(std::memory_order_acquire)) return true;
  static std::mutex mutex;  // guards the start; leaf lock
  std::lock_guard<std::mutex> lock(mutex);
  if (started.load(std::memory_order_relaxed)) return true;
  if (state == nullptr) {
    state = new State();
    sem_init(&state->wake, 0, 0);
    CLibrary::Find();
    state->park_signal = SIGRTMIN + 9;
  }
  if (!StartThread("isolet-lost", Main)) return false;
  // Another copy of this package in the process may use the same signal.
  HandleSignal(state->park_signal, OnParkSignal, Unhandled::kNothing);
  HandleSignal(SIGTRAP, OnTrap);
  HandleSignal(SIGILL, OnTrap);
  HandleSignal(SIGSEGV, OnFault);
  started.store(true, std::memory_order_release);
  return true;
}

void LostThreads::Park(std::shared_ptr<Losable> guest, const Gate::Entry& entry, const char* why) {
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    state->reported.push_back({std::move(guest), entry, why});
  }
  sem_post(&state->wake);
}

void LostThreads::Reclaim(std::shared_ptr<Losable> guest) {
  state->reclaimer.Add(std::move(guest));
  sem_post(&state->wake);
}

#else

// Other systems have no way to stop a thread where it is that this code knows: a stuck guest is declared lost and its
// thread works on until its routine ends.
void ParkThisThread() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(24));
}

bool LostThreads::Start() { return true; }

void LostThreads::Park(std::shared_ptr<Losable> guest, const Gate::Entry& entry, const char* why) {
  StartThread("isolet-lost", [guest = std::move(guest), entry, why] { guest->DeclareLost(why, &entry); });
}

void LostThreads::Reclaim(std::shared_ptr<Losable>) {}

#endif

}  // namespace isolet
