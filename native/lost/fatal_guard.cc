#include "lost/fatal_guard.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "lost/losable.h"
#include "lost/lost_threads.h"
#include "threads/executor.h"
#include "threads/stack_guard.h"

namespace isolet {
namespace {

ISOLET_SIGNAL_SAFE_THREAD_LOCAL FatalGuard::Scope* innermost = nullptr;

[[noreturn]] void Park(const std::string& why) {
  Losable* guest = FatalGuard::Running();
  if (guest != nullptr && Executor::OnWorker()) {
    guest->DeclareLost(why, nullptr);
    guest->NoteParked();
    ParkThisThread();
  }
  std::fprintf(stderr, "isolet: V8 can't go on and this thread can't be parked: %s\n", why.c_str());
  std::abort();
}

void OnOutOfMemory(const char* location, const v8::OOMDetails& details) {
  Park(std::string("V8 ran out of memory in ") + (location != nullptr ? location : "unknown") +
       (details.is_heap_oom ? " (heap)" : ""));
}

void OnFatalError(const char* location, const char* message) {
  Park(std::string(location != nullptr ? location : "V8") + ": " + (message != nullptr ? message : "fatal error"));
}

}  // namespace

void FatalGuard::Install(v8::Isolate* isolate) {
  isolate->SetOOMErrorHandler(OnOutOfMemory);
  isolate->SetFatalErrorHandler(OnFatalError);
}

Losable* FatalGuard::Running() { return innermost != nullptr ? &innermost->guest_ : nullptr; }

const void* FatalGuard::Where() { return innermost; }

FatalGuard::Scope::Scope(Losable& guest) : guest_(guest), outer_(innermost) { innermost = this; }

FatalGuard::Scope::~Scope() {
  innermost = outer_;
  StackGuard::Restore();
}

}  // namespace isolet
