// The startup snapshot from which guests with the web's APIs start if they bring none of their own: made once in a
// process, on a thread of the engine, when a second such guest is made. Until then, and where startup snapshots do not
// work, guests evaluate the program of these APIs themselves.
//
// Any thread. Whoever is told to make it (Wanted) says how that went.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "snapshot/builder.h"

namespace isolet {

class PlatformSnapshot {
 public:
  static PlatformSnapshot& Get();

  // Null: there is none yet.
  std::shared_ptr<StoredSnapshot> Ready();
  // One more guest was made without it. True: the caller is to make it, from this request.
  bool Wanted();
  static SnapshotRequest Request();
  void Made(const SnapshotBuild::Result& result);
  // The one who was to make it ends: another may.
  void GaveUp();

 private:
  enum class State : uint8_t { kNone, kBeingMade, kReady, kImpossible };

  PlatformSnapshot() = default;

  std::mutex mutex_;  // guards everything below; leaf lock
  State state_ = State::kNone;
  uint32_t guests_ = 0;  // made without it
  std::shared_ptr<StoredSnapshot> stored_;
};

}  // namespace isolet
