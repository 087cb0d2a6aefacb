#include "threads/signals.h"

#if !defined(_WIN32)

#include <pthread.h>

#include <array>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace isolet {
namespace {

struct Handled {
  SignalHandler handler = nullptr;
  struct sigaction before = {};
  Unhandled unhandled = Unhandled::kDefault;
};

// An entry is complete before its handler is installed, and stays.
std::array<Handled, NSIG> table;

// The machine raised it while running this thread's code, and does so again when the handler returns.
bool ComesAgain(int signal, const siginfo_t& info) {
  return info.si_code > 0 && (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE);
}

void EndWith(int signal, siginfo_t* info) {
  struct sigaction original = {};
  original.sa_handler = SIG_DFL;
  sigaction(signal, &original, nullptr);
  if (ComesAgain(signal, *info)) return;
    // Blocked while we are here: it comes when the handler returns, with the registers as they were.
#if defined(__linux__)
  if (syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), signal, info) == 0) return;
#endif
  pthread_kill(pthread_self(), signal);
}

void PassOn(const Handled& entry, int signal, siginfo_t* info, void* context) {
  const struct sigaction& before = entry.before;
  const bool with_info = (before.sa_flags & SA_SIGINFO) != 0;
  if (!with_info && before.sa_handler == SIG_DFL) {
    if (entry.unhandled == Unhandled::kDefault) EndWith(signal, info);
    return;
  }
  if (!with_info && before.sa_handler == SIG_IGN) {
    // What the machine raises can't be ignored.
    if (ComesAgain(signal, *info)) EndWith(signal, info);
    return;
  }
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, &before.sa_mask, &mask);
  if (with_info) {
    before.sa_sigaction(signal, info, context);
  } else {
    before.sa_handler(signal);
  }
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

void OnSignal(int signal, siginfo_t* info, void* context) {
  const Handled& entry = table[static_cast<size_t>(signal)];
  if (!entry.handler(signal, info, context)) PassOn(entry, signal, info, context);
}

}  // namespace

bool HandleSignal(int signal, SignalHandler handler, Unhandled unhandled) {
  Handled& entry = table[static_cast<size_t>(signal)];
  if (sigaction(signal, nullptr, &entry.before) != 0) return false;
  entry.handler = handler;
  entry.unhandled = unhandled;
  struct sigaction action = {};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  return sigaction(signal, &action, nullptr) == 0;
}

}  // namespace isolet

#endif
