#include "engine/parking.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/fatal_guard.h"
#include "engine/guest.h"
#include "engine/heap_pages.h"
#include "engine/thread.h"

#if defined(__linux__)
#include <link.h>
#include <semaphore.h>
#include <signal.h>
#include <ucontext.h>
#endif

namespace isolet {

#if defined(__linux__)

namespace {

// How often the park signal is sent until it takes effect.
constexpr auto kRetry = std::chrono::milliseconds(5);
// How long after the guest was lost its memory is given back: what V8's other threads had begun is done by then.
constexpr auto kMourning = std::chrono::milliseconds(500);

struct Burial {
  std::shared_ptr<Guest> guest;
  ThreadId thread;
};

struct Estate {
  std::shared_ptr<Guest> guest;
  std::chrono::steady_clock::time_point due;
};

struct Report {
  std::shared_ptr<Guest> guest;
  Gate::Entry entry;
  const char* why;
};

// Guests whose threads trapped: written by signal handlers.
struct Trapped {
  std::atomic<Guest*> guest{nullptr};
  int signal = 0;
};

struct State {
  sem_t wake;
  std::array<Trapped, 64> trapped;
  std::mutex mutex;  // guards reported and estates; leaf lock
  std::vector<Report> reported;
  std::vector<Estate> estates;
  // Where the C library's code is.
  uintptr_t libc_low = 0;
  uintptr_t libc_high = 0;
  int park_signal = 0;
};

// Never destroyed: parked threads and handlers refer to it until the process is gone.
State* state = nullptr;

int FindLibc(dl_phdr_info* info, size_t, void*) {
  if (info->dlpi_name == nullptr || std::strstr(info->dlpi_name, "libc.so") == nullptr) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    state->libc_low = info->dlpi_addr + segment.p_vaddr;
    state->libc_high = state->libc_low + segment.p_memsz;
  }
  return 1;
}

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

void OnParkSignal(int, siginfo_t*, void* context) {
  Guest* guest = FatalGuard::Running();
  if (guest == nullptr || !guest->lost()) return;
  uintptr_t at = ProgramCounter(context);
  // Locks of the C library must not be taken to the grave; the next signal comes soon.
  if (at >= state->libc_low && at < state->libc_high) return;
  guest->parked.store(true, std::memory_order_release);
  ParkThisThread();
}

void OnTrap(int signal, siginfo_t*, void*) {
  Guest* guest = FatalGuard::Running();
  if (guest != nullptr && !guest->host().OnHostThread()) {
    for (Trapped& slot : state->trapped) {
      Guest* free = nullptr;
      if (!slot.guest.compare_exchange_strong(free, guest)) continue;
      slot.signal = signal;
      guest->parked.store(true, std::memory_order_release);
      sem_post(&state->wake);
      ParkThisThread();
    }
  }
  // Not ours: as if we were not there.
  struct sigaction original = {};
  original.sa_handler = SIG_DFL;
  sigaction(signal, &original, nullptr);
}

void Handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

// Whether there are more to come.
bool SettleEstates() {
  std::vector<Estate> ready;
  bool more = false;
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    auto now = std::chrono::steady_clock::now();
    auto is_ready = [&](const Estate& estate) {
      return estate.due <= now && estate.guest->parked.load(std::memory_order_acquire);
    };
    std::copy_if(state->estates.begin(), state->estates.end(), std::back_inserter(ready), is_ready);
    std::erase_if(state->estates, is_ready);
    more = !state->estates.empty();
  }
  for (const Estate& estate : ready) HeapPages::GiveBack(estate.guest->isolate());
  return more;
}

void Main() {
  std::vector<Burial> burials;
  bool estates = false;
  for (;;) {
    if (!burials.empty()) {
      std::this_thread::sleep_for(kRetry);
    } else if (estates) {
      std::this_thread::sleep_for(kMourning / 10);
    } else {
      sem_wait(&state->wake);
    }
    for (Trapped& slot : state->trapped) {
      if (Guest* guest = slot.guest.load()) {
        guest->DeclareLost("V8 stopped itself on a failed check", nullptr);
        slot.guest.store(nullptr);
      }
    }
    std::vector<Report> reported;
    {
      std::lock_guard<std::mutex> lock(state->mutex);
      reported.swap(state->reported);
    }
    for (Report& report : reported) {
      if (!report.guest->DeclareLost(report.why, &report.entry)) continue;
      burials.push_back({std::move(report.guest), report.entry.thread});
    }
    std::erase_if(burials, [](const Burial& burial) {
      if (burial.guest->parked.load(std::memory_order_acquire)) return true;
      pthread_kill(burial.thread, state->park_signal);
      return false;
    });
    estates = SettleEstates();
  }
}

}  // namespace

void ParkThisThread() {
  sigset_t all;
  sigfillset(&all);
  for (;;) sigsuspend(&all);
}

void Undertaker::Start() {
  static std::once_flag once;
  std::call_once(once, [] {
    state = new State();
    sem_init(&state->wake, 0, 0);
    dl_iterate_phdr(FindLibc, nullptr);
    state->park_signal = SIGRTMIN + 9;
    Handle(state->park_signal, OnParkSignal);
    Handle(SIGTRAP, OnTrap);
    Handle(SIGILL, OnTrap);
    StartThread("isolet-undertaker", Main);
  });
}

void Undertaker::Bury(std::shared_ptr<Guest> guest, const Gate::Entry& entry, const char* why) {
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    state->reported.push_back({std::move(guest), entry, why});
  }
  sem_post(&state->wake);
}

void Undertaker::Inherit(std::shared_ptr<Guest> guest) {
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    state->estates.push_back({std::move(guest), std::chrono::steady_clock::now() + kMourning});
  }
  sem_post(&state->wake);
}

#else

// Other systems have no way to stop a thread where it is that this code knows: a stuck guest is declared lost and its
// thread works on until its routine ends.
void ParkThisThread() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(24));
}

void Undertaker::Start() {}

void Undertaker::Bury(std::shared_ptr<Guest> guest, const Gate::Entry& entry, const char* why) {
  StartThread("isolet-undertaker", [guest = std::move(guest), entry, why] { guest->DeclareLost(why, &entry); });
}

void Undertaker::Inherit(std::shared_ptr<Guest>) {}

#endif

}  // namespace isolet
