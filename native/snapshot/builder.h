// Makes a startup snapshot: runs scripts in a guest on an isolate of V8's SnapshotCreator and stores what they left.
//
// The scripts pass the same gate, watchdog and heap limit as any guest code, so one that does not end or takes too much
// memory is an error. It runs on a thread of the engine, where even an isolate that V8 gives up can be left behind.
//
// Warm-up scripts run in a second isolate that starts from the snapshot, in a context that is thrown away. V8 shares
// compiled functions between the contexts of an isolate, so what they compiled is in the final snapshot and nothing
// else they did is.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "calls/guest_options.h"
#include "calls/outcome.h"
#include "calls/source.h"
#include "guest/guest.h"
#include "isolate/platform.h"
#include "snapshot/store.h"
#include "snapshot/unstorable_objects.h"
#include "threads/executor.h"

namespace isolet {

struct SnapshotRequest {
  std::vector<Source> scripts;
  std::vector<Source> warmup;
  double timeout_ms = 0;  // of each script, 0 = none
  size_t max_heap_size = 0;
  uint32_t max_timers = 0;
  std::string streams;  // the program that makes them; empty: there are none
  WebOptions web;
};

struct BuiltSnapshot {
  std::vector<char> bytes;  // with the header
  std::shared_ptr<StoredSnapshot> stored;
};

class SnapshotBuild final : public Runnable, public std::enable_shared_from_this<SnapshotBuild> {
 public:
  using Result = std::variant<BuiltSnapshot, Outcome>;

  // `begin` is called when it begins; if it answers null, that is all. `done` is called once, on any thread, unless the
  // build never begins. That may be before the thread has left the isolate: what `begin` answered is kept until then,
  // or until the thread is given up.
  SnapshotBuild(std::shared_ptr<IsolatePlatform> platform, SnapshotRequest request, std::function<void(Result)> done,
                std::function<std::shared_ptr<void>()> begin);
  ~SnapshotBuild() override;
  SnapshotBuild(const SnapshotBuild&) = delete;
  SnapshotBuild& operator=(const SnapshotBuild&) = delete;

  // On a worker thread of the executor, once.
  void RunTurn() override;
  // Any thread: ends a build that runs or has yet to.
  void Stop();

 private:
  class NobodysHost;
  using Payload = std::variant<std::vector<char>, Outcome>;

  SnapshotAbilities abilities() const {
    return {request_.max_timers, !request_.streams.empty() || request_.web.on, request_.web.on};
  }
  Result Build();
  // One isolate: from `base` (null: V8's own blob), through `scripts`, to a blob.
  Payload Stage(std::shared_ptr<const std::vector<char>> base, const std::vector<Source>& scripts);
  Payload Store(Guest& guest, bool warmed, StackTraceLimit& limit);
  // False if the build was stopped.
  bool SetCurrent(std::shared_ptr<Guest> guest);
  std::string Prove(const std::vector<char>& payload, uint64_t* heap_bytes);
  void Finish(Result result);
  void NoLongerBusy();

  const std::shared_ptr<IsolatePlatform> platform_;
  const SnapshotRequest request_;
  const std::function<std::shared_ptr<void>()> begin_;
  std::mutex mutex_;  // guards everything below; before the gate's
  std::function<void(Result)> done_;
  std::shared_ptr<void> busy_;
  std::shared_ptr<Guest> current_;
  bool stopped_ = false;
};

}  // namespace isolet
