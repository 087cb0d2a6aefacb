#include "wire/process_facts.h"

#if defined(__linux__)
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

#include "wire/channel.h"
#endif

namespace isolet::wire {

#if defined(__linux__)

namespace {

// Below a folder of /proc that stands for one process, whatever gets its number later.
std::optional<std::string> Read(int folder, const std::string& name) {
  const int file = openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  char text[4096];
  ssize_t size;
  while ((size = read(file, text, sizeof(text))) < 0 && errno == EINTR) continue;
  close(file);
  if (size < 0) return std::nullopt;
  return std::string(text, static_cast<size_t>(size));
}

// The value of a line in kilobytes.
uint64_t Kilobytes(const std::string& status, const char* name) {
  const size_t at = status.find(name);
  return at == std::string::npos ? 0 : std::strtoull(status.c_str() + at + std::strlen(name), nullptr, 10);
}

// Calls `look` with the path of each thread until it answers true; whether it did.
template <typename Look>
bool AnyThread(int folder, const Look& look) {
  const int tasks = openat(folder, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (tasks < 0) return false;
  DIR* entries = fdopendir(tasks);
  if (entries == nullptr) {
    close(tasks);
    return false;
  }
  bool found = false;
  while (const dirent* entry = found ? nullptr : readdir(entries)) {
    found = entry->d_name[0] != '.' && look(std::string("task/") + entry->d_name);
  }
  closedir(entries);
  return found;
}

// The thread that was there before any guest was, by the name that it has then.
std::string FindChannelThread(int folder) {
  std::string thread;
  AnyThread(folder, [&](const std::string& path) {
    if (Read(folder, path + "/comm") != std::string(Channel::kThreadName) + "\n") return false;
    thread = path;
    return true;
  });
  return thread;
}

// A letter; 0: it is gone.
char StateOf(int folder, const std::string& thread) {
  std::optional<std::string> stat = Read(folder, thread + "/stat");
  // After the name, which may have anything in it.
  const size_t at = stat ? stat->rfind(") ") : std::string::npos;
  return at == std::string::npos || at + 2 >= stat->size() ? 0 : (*stat)[at + 2];
}

class LinuxFacts final : public ProcessFacts {
 public:
  // Takes the folder over.
  LinuxFacts(int folder, clockid_t clock) : folder_(folder), clock_(clock), thread_(FindChannelThread(folder)) {}
  ~LinuxFacts() override { close(folder_); }
  LinuxFacts(const LinuxFacts&) = delete;
  LinuxFacts& operator=(const LinuxFacts&) = delete;

  std::optional<int64_t> ProcessorTime() override {
    timespec time;
    if (clock_gettime(clock_, &time) != 0) return std::nullopt;
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  }

  std::optional<uint64_t> Memory() override {
    std::optional<std::string> status = Read(folder_, "status");
    if (!status || status->find("RssAnon:") == std::string::npos) return std::nullopt;
    return 1024 * (Kilobytes(*status, "RssAnon:") + Kilobytes(*status, "RssShmem:") + Kilobytes(*status, "VmSwap:"));
  }

  std::optional<Thread> ChannelThread() override {
    if (thread_.empty()) return std::nullopt;
    const char state = StateOf(folder_, thread_);
    if (state == 0) return std::nullopt;
    Thread thread;
    if (state == 'R') thread.state = Thread::State::kReady;
    if (state == 'D') thread.state = Thread::State::kBlocked;
    std::optional<std::string> time = Read(folder_, thread_ + "/schedstat");
    if (time) thread.processor_time = std::strtoll(time->c_str(), nullptr, 10);
    return thread;
  }

  bool AnyReady() override {
    return AnyThread(folder_, [this](const std::string& path) { return StateOf(folder_, path) == 'R'; });
  }

 private:
  const int folder_;
  const clockid_t clock_;
  const std::string thread_;
};

}  // namespace

std::unique_ptr<ProcessFacts> ProcessFacts::Of(int pid) {
  const int folder = open(("/proc/" + std::to_string(pid)).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return nullptr;
  clockid_t clock;
  if (clock_getcpuclockid(pid, &clock) == 0) return std::make_unique<LinuxFacts>(folder, clock);
  close(folder);
  return nullptr;
}

#else

std::unique_ptr<ProcessFacts> ProcessFacts::Of(int) { return nullptr; }

#endif

}  // namespace isolet::wire
