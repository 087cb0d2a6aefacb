// Starts the engine's own threads with a chosen stack size, and tells where the calling thread's stack ends.
//
// Any thread may call these functions. No V8 here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace isolet {

// V8 is told to stop a guest about 1 MB below the entry; native helpers (regular expressions, ICU, the parser) may
// go on below that, so an engine thread has room to spare.
inline constexpr size_t kEngineStackSize = 4u * 1024 * 1024;

// Starts a detached thread. False if the system refuses.
bool StartThread(const char* name, std::function<void()> body);

// Lowest usable address of the calling thread's stack (cached per thread); 0 if the platform does not say.
uintptr_t StackBottom();

// Nanoseconds of processor time the calling thread has used; 0 where the system does not say.
int64_t ThreadCpuNow();

}  // namespace isolet
