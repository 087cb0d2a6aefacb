// Handlers of signals that leave everybody else's in place: what is not ours goes to whoever handled the signal before,
// and if nobody did, the process ends with the signal as it would without us.
//
// Any thread, one at a time. POSIX only.
#pragma once

#if !defined(_WIN32)

#include <signal.h>

#include <cstdint>

namespace isolet {

// Async-signal-safe, runs on the thread's alternate stack if it has one. True: dealt with, nobody else hears of it.
using SignalHandler = bool (*)(int signal, siginfo_t* info, void* context);

// What happens to a signal that is not ours where nobody handled it before.
enum class Unhandled : uint8_t {
  kDefault,  // what the system does by default
  kNothing,
};

// Once per signal. False if the system refuses.
bool HandleSignal(int signal, SignalHandler handler, Unhandled unhandled = Unhandled::kDefault);

}  // namespace isolet

#endif
