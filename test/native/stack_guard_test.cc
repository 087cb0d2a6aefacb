#include "threads/stack_guard.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <signal.h>

#include <atomic>

#include "check.h"
#include "threads/c_library_code.h"
#include "threads/signals.h"
#include "threads/thread.h"

namespace isolet::test {
namespace {

std::atomic<int> faults{0};
std::atomic<int> elsewhere{0};

bool OnFault(int, siginfo_t* info, void*) {
  if (!StackGuard::Holds(info->si_addr)) return false;
  faults.fetch_add(1);
  return StackGuard::GiveRoom();
}

__attribute__((no_sanitize("address", "thread", "undefined"))) void Touch(uintptr_t address) {
  *reinterpret_cast<volatile char*>(address) = 1;
}

TEST(AThreadKnowsItsGuardArea) {
  EXPECT(!StackGuard::Holds(&faults));
  EXPECT(StackGuard::Bottom() == 0);
  std::atomic<int> right{0};
  EXPECT(StartThread("isolet-test", [&] {
    uintptr_t bottom = StackGuard::Bottom();
    auto holds = [](uintptr_t address) { return StackGuard::Holds(reinterpret_cast<void*>(address)); };
    bool inside = holds(bottom - 1) && holds(bottom - kStackGuardSize);
    bool outside = holds(bottom) || holds(bottom - kStackGuardSize - 1);
    right.store(bottom == StackBottom() && inside && !outside ? 1 : 2);
  }));
  EXPECT(Eventually([&] { return right.load() != 0; }));
  EXPECT(right.load() == 1);
}

TEST(RoomIsGivenAndTakenBack) {
  EXPECT(HandleSignal(SIGSEGV, OnFault));
  std::atomic<int> seen{0};
  EXPECT(StartThread("isolet-test", [&] {
    uintptr_t bottom = StackGuard::Bottom();
    Touch(bottom - 8);
    Touch(bottom - 16);  // in the part that was given
    int first = faults.load();
    Touch(bottom - 16 * 4096);
    int second = faults.load();
    StackGuard::Restore();
    Touch(bottom - 8);
    StackGuard::Restore();
    seen.store(first * 100 + second * 10 + faults.load());
  }));
  EXPECT(Eventually([&] { return seen.load() != 0; }));
  // Parts of 3, 5, 7 and 11 pages: three more faults until the sixteenth page is there, and one after Restore.
  EXPECT(seen.load() == 100 + 40 + 5);
}

TEST(NoMoreThanTheGuardArea) {
  std::atomic<int> given{-1};
  EXPECT(StartThread("isolet-test", [&] {
    int count = 0;
    while (count < 1000 && StackGuard::GiveRoom()) ++count;
    StackGuard::Restore();
    given.store(count);
  }));
  EXPECT(Eventually([&] { return given.load() >= 0; }));
  EXPECT(given.load() == 11);
}

TEST(WhoHandledASignalBeforeStillDoes) {
  struct sigaction action = {};
  action.sa_sigaction = [](int, siginfo_t* info, void*) { elsewhere.fetch_add(info->si_signo == SIGUSR1 ? 1 : 100); };
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGUSR1, &action, nullptr);
  action.sa_flags = 0;
  action.sa_handler = [](int) { elsewhere.fetch_add(10); };
  sigaction(SIGUSR2, &action, nullptr);
  EXPECT(HandleSignal(SIGUSR1, [](int, siginfo_t*, void*) { return false; }));
  EXPECT(HandleSignal(SIGUSR2, [](int, siginfo_t*, void*) { return false; }));
  raise(SIGUSR1);
  raise(SIGUSR2);
  raise(SIGUSR1);  // ours is still there
  EXPECT(elsewhere.load() == 12);
}

TEST(WhatNobodyHandledMayBeNothing) {
  EXPECT(HandleSignal(SIGRTMIN + 9, [](int, siginfo_t*, void*) { return false; }, Unhandled::kNothing));
  raise(SIGRTMIN + 9);
}

TEST(TheCLibraryIsFoundByItsFunctions) {
  CLibrary::Find();
  EXPECT(CLibrary::Has(reinterpret_cast<uintptr_t>(dlsym(RTLD_NEXT, "malloc"))));
  EXPECT(CLibrary::Has(reinterpret_cast<uintptr_t>(dlsym(RTLD_NEXT, "pthread_mutex_lock"))));
  EXPECT(!CLibrary::Has(reinterpret_cast<uintptr_t>(&Touch)));
}

}  // namespace
}  // namespace isolet::test

#endif
