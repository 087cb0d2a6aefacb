#include "binding/api/spawner_process.h"

#include <cerrno>

#if defined(__linux__)

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "threads/thread.h"

namespace isolet {
namespace {

// Above what spawner.c has it as.
constexpr int kSocketThere = 3;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int get() const { return number_; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

struct Pair {
  Descriptor here, there;
};

bool MakeSocket(Pair* pair) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  *pair = {Descriptor(ends[0]), Descriptor(ends[1])};
  return true;
}

bool MakePipe(Pair* pair) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  *pair = {Descriptor(ends[0]), Descriptor(ends[1])};
  return true;
}

// What posix_spawn is told. glibc and musl do not copy the address space for it.
class Instructions {
 public:
  explicit Instructions(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    for (int one : {0, 1, 2}) posix_spawn_file_actions_addopen(&actions_, one, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions_, socket, kSocketThere);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    // A session of its own: what a terminal sends is for the host.
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  }
  ~Instructions() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  Instructions(const Instructions&) = delete;
  Instructions& operator=(const Instructions&) = delete;

  // 0 or what the system said.
  int Spawn(const std::string& program, std::vector<std::string> arguments, pid_t* pid) {
    std::vector<char*> texts;
    for (std::string& one : arguments) texts.push_back(one.data());
    texts.push_back(nullptr);
    char* nothing[] = {nullptr};
    return posix_spawn(pid, program.c_str(), &actions_, &attributes_, texts.data(), nothing);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

bool Buried(pid_t pid, int how) {
  for (;;) {
    const pid_t done = waitpid(pid, nullptr, how);
    if (done == 0) return false;
    // ECHILD: somebody else has buried it.
    if (done == pid || errno != EINTR) return true;
  }
}

// It ends its children first.
void Bury(pid_t pid) {
  constexpr int kMoments = 500;
  for (int i = 0; i < kMoments; ++i) {
    if (Buried(pid, WNOHANG)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill(pid, SIGKILL);
  Buried(pid, 0);
}

// 0, or what the system said.
int Send(int socket, std::span<const char> request, std::span<const int> carried) {
  uint32_t length = static_cast<uint32_t>(request.size());
  iovec parts[] = {{&length, sizeof(length)}, {const_cast<char*>(request.data()), request.size()}};
  alignas(cmsghdr) char beside[CMSG_SPACE(sizeof(int) * 8)] = {};
  msghdr message = {};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  if (!carried.empty()) {
    message.msg_control = beside;
    message.msg_controllen = CMSG_SPACE(carried.size_bytes());
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(carried.size_bytes());
    std::memcpy(CMSG_DATA(head), carried.data(), carried.size_bytes());
  }
  for (;;) {
    const ssize_t sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<size_t>(sent) == sizeof(length) + request.size() ? 0 : EMSGSIZE;
    if (errno != EINTR) return errno;
  }
}

}  // namespace

std::variant<SpawnerProcess::Started, Refused> SpawnerProcess::Start(const std::string& launcher) {
  Pair ends;
  if (!MakeSocket(&ends)) return Refused{"socketpair", errno};
  // Out of the way of the place that it gets.
  const Descriptor given(fcntl(ends.there.get(), F_DUPFD_CLOEXEC, kSocketThere + 1));
  if (given.get() < 0) return Refused{"fcntl", errno};
  pid_t pid = 0;
  const int error = Instructions(given.get()).Spawn(launcher, {launcher, "spawner", std::to_string(getpid())}, &pid);
  if (error != 0) return Refused{"posix_spawn", error};
  return Started{std::make_unique<SpawnerProcess>(pid), ends.here.Release()};
}

SpawnerProcess::~SpawnerProcess() {
  kill(pid_, SIGTERM);
  // Without a thread it stays unburied until this process ends.
  (void)StartThread("isolet-burial", [pid = pid_] { Bury(pid); });
}

void SpawnerProcess::Kill() { kill(pid_, SIGKILL); }

std::variant<Connection, Refused> SendStart(int socket, std::span<const char> request) {
  Pair output, errors, channel, report;
  for (Pair* pipe : {&output, &errors, &report}) {
    if (!MakePipe(pipe)) return Refused{"pipe2", errno};
  }
  if (!MakeSocket(&channel)) return Refused{"socketpair", errno};
  const int carried[] = {output.there.get(), errors.there.get(), channel.there.get(), report.there.get()};
  if (const int error = Send(socket, request, carried); error != 0) return Refused{"sendmsg", error};
  return Connection{output.here.Release(), errors.here.Release(), channel.here.Release(), report.here.Release()};
}

int SendRequest(int socket, std::span<const char> request) { return Send(socket, request, {}); }

}  // namespace isolet

#else

namespace isolet {

std::variant<SpawnerProcess::Started, Refused> SpawnerProcess::Start(const std::string&) {
  return Refused{"posix_spawn", ENOSYS};
}
SpawnerProcess::~SpawnerProcess() = default;
void SpawnerProcess::Kill() {}
std::variant<Connection, Refused> SendStart(int, std::span<const char>) { return Refused{"sendmsg", ENOSYS}; }
int SendRequest(int, std::span<const char>) { return ENOSYS; }

}  // namespace isolet

#endif
