// Startup snapshots that are in use, each once per process however many runtimes, Snapshot objects and Node
// environments use it. The store itself keeps nothing alive: whoever uses a snapshot holds it.
//
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "calls/guest_options.h"
#include "isolate/platform.h"

namespace isolet {

class StoredSnapshot {
 public:
  StoredSnapshot(std::vector<char> payload, uint64_t heap_bytes, const SnapshotAbilities& abilities)
      : payload_(std::move(payload)), heap_bytes_(heap_bytes), abilities_(abilities) {}
  StoredSnapshot(const StoredSnapshot&) = delete;
  StoredSnapshot& operator=(const StoredSnapshot&) = delete;

  const std::vector<char>& payload() const { return payload_; }
  uint64_t heap_bytes() const { return heap_bytes_; }
  // Whether a guest with this limit can be restored from it: V8 stops the process when a restored heap does not fit.
  bool HasRoomIn(size_t max_heap_size) const {
    return max_heap_size == 0 || max_heap_size >= heap_bytes_ + heap_bytes_ / 4 + kLeastRoom;
  }
  const SnapshotAbilities& abilities() const { return abilities_; }
  // Restores it in an isolate of its own and compares known answers, the first time it is asked. Why it must not be
  // used, empty if it may.
  // Any number of threads; one does the work.
  std::string Prove(const std::shared_ptr<IsolatePlatform>& platform);
  // Whoever built it has done that.
  void NoteProven();

 private:
  // Room a guest needs besides what its snapshot restores.
  static constexpr uint64_t kLeastRoom = 1024 * 1024;

  const std::vector<char> payload_;  // without the header
  const uint64_t heap_bytes_;
  const SnapshotAbilities abilities_;
  std::once_flag proven_;
  std::string verdict_;
};

// Checks the header and finds or makes the shared copy. A string: why the bytes can't be used.
std::variant<std::shared_ptr<StoredSnapshot>, std::string> StoreSnapshot(const char* bytes, size_t length);

}  // namespace isolet
