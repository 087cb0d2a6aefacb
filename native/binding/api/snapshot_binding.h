// Startup snapshots between lib/ and the engine. A byte array that was checked once carries the shared copy with it, so
// that nothing is checked or copied again when a runtime starts. The environment's thread.
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "binding/environment/napi.h"
#include "binding/environment/node_platform.h"
#include "calls/guest_options.h"
#include "snapshot/builder.h"

namespace isolet {

class Environment;

// (options) → Uint8Array, or an exception is pending.
Napi::Value BuildSnapshot(const Napi::CallbackInfo& info);
// (options) → Promise<Uint8Array>.
Napi::Value BuildSnapshotAsync(const Napi::CallbackInfo& info);
// (the first bytes) → whether they may be those of a snapshot with the web's APIs.
Napi::Value SnapshotHasWeb(const Napi::CallbackInfo& info);
// (bytes) → what it was built with, or an exception is pending.
Napi::Value CheckSnapshot(const Napi::CallbackInfo& info);

// Reads the option `snapshot` of a runtime. False: an exception is pending.
bool ReadSnapshotOption(Environment& environment, v8::Local<v8::Object> options, GuestOptions* out);

// The builds of one environment: they are stopped when it ends.
class SnapshotBuilds {
 public:
  explicit SnapshotBuilds(Environment& environment);
  SnapshotBuilds(const SnapshotBuilds&) = delete;
  SnapshotBuilds& operator=(const SnapshotBuilds&) = delete;

  void Add(std::shared_ptr<SnapshotBuild> build) { builds_.insert(std::move(build)); }
  void Remove(const std::shared_ptr<SnapshotBuild>& build) { builds_.erase(build); }

 private:
  void StopAll();

  std::set<std::shared_ptr<SnapshotBuild>> builds_;
  const ProcessExitHook exit_hook_;
};

}  // namespace isolet
