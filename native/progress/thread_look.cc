#include "progress/thread_look.h"

#if defined(__linux__)

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace isolet {

SystemThread CurrentSystemThread() {
  thread_local SystemThread number = static_cast<SystemThread>(syscall(SYS_gettid));
  return number;
}

std::optional<ThreadLook> LookAtThread(SystemThread thread) {
  char path[64];
  char line[512];
  std::snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
  FILE* file = std::fopen(path, "re");
  if (file == nullptr) return std::nullopt;
  const bool read = std::fgets(line, sizeof(line), file) != nullptr;
  std::fclose(file);
  // The name stands in parentheses and may contain any.
  const char* begin = read ? std::strchr(line, '(') : nullptr;
  const char* end = read ? std::strrchr(line, ')') : nullptr;
  if (begin == nullptr || end == nullptr || end < begin) return std::nullopt;
  char state = 0;
  uint64_t user = 0, kernel = 0;
  if (std::sscanf(end + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64, &state, &user,
                  &kernel) != 3) {
    return std::nullopt;
  }
  static const int64_t tick = 1000 * 1000 * 1000 / sysconf(_SC_CLK_TCK);
  return ThreadLook{std::string(begin + 1, end), state == 'S', static_cast<int64_t>(user) * tick,
                    static_cast<int64_t>(kernel) * tick};
}

std::vector<SystemThread> ThreadsOfProcess() {
  std::vector<SystemThread> threads;
  DIR* folder = opendir("/proc/self/task");
  if (folder == nullptr) return threads;
  while (dirent* entry = readdir(folder)) {
    if (int number = std::atoi(entry->d_name); number > 0) threads.push_back(number);
  }
  closedir(folder);
  return threads;
}

}  // namespace isolet

#else

namespace isolet {

SystemThread CurrentSystemThread() { return 0; }

std::optional<ThreadLook> LookAtThread(SystemThread) { return std::nullopt; }

std::vector<SystemThread> ThreadsOfProcess() { return {}; }

}  // namespace isolet

#endif
