// The process that starts cells (native/launcher/spawner.h), as its host sees it: made without copying the host, asked
// over a socket, and buried. Any thread; the kernel ends it when the thread that made it is gone. Linux.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <variant>

namespace isolet {

// What the system refused.
struct Refused {
  const char* call;
  int error;
};

class SpawnerProcess {
 public:
  // `socket`: the caller's from then on.
  struct Started {
    std::unique_ptr<SpawnerProcess> process;
    int socket;
  };
  static std::variant<Started, Refused> Start(const std::string& launcher);

  explicit SpawnerProcess(int pid) : pid_(pid) {}
  // It ends what it has started, and is buried meanwhile.
  ~SpawnerProcess();
  SpawnerProcess(const SpawnerProcess&) = delete;
  SpawnerProcess& operator=(const SpawnerProcess&) = delete;

  int pid() const { return pid_; }
  // At once: it does not answer, or is gone already.
  void Kill();

 private:
  const int pid_;
};

// The host's ends of what a process has from its start: the caller's.
struct Connection {
  int output, errors, channel, report;
};

// Asks for a process. One request at a time: what the socket does not take at once is refused.
std::variant<Connection, Refused> SendStart(int socket, std::span<const char> request);
// 0, or what the system said.
int SendRequest(int socket, std::span<const char> request);

}  // namespace isolet
