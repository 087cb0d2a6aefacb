// What the system says of a thread of this process: what it does at this moment, and what it has done so far.
//
// Any thread may ask. A file is read: not for what happens often. Linux; nothing is known elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace isolet {

// As the system numbers threads; 0 where it does not say.
using SystemThread = int;
SystemThread CurrentSystemThread();

struct ThreadLook {
  std::string name;
  bool asleep = false;  // waits for somebody; not for a processor, which a busy machine makes it do
  int64_t user = 0;     // nanoseconds of processor time, in steps of a hundredth of a second
  int64_t kernel = 0;   // of it in the system, which zeroes memory
};

// Nothing: there is no such thread, or nothing is known.
std::optional<ThreadLook> LookAtThread(SystemThread thread);
std::vector<SystemThread> ThreadsOfProcess();

}  // namespace isolet
