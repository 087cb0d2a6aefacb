#include "binding/api/platform_snapshot.h"

#include <memory>
#include <utility>

#include "binding/api/addon_data.h"
#include "binding/api/snapshot_binding.h"
#include "guest/engine_threads.h"
#include "snapshot/platform.h"
#include "threads/executor.h"

namespace isolet {
namespace {

// The environment no longer needs to stop the build when it ends.
class ForgetTask final : public HostTask {
 public:
  explicit ForgetTask(std::shared_ptr<SnapshotBuild> build) : build_(std::move(build)) {}

  void Run(Environment& environment) override { AddonData::Of(environment.env())->snapshot_builds.Remove(build_); }

 private:
  const std::shared_ptr<SnapshotBuild> build_;
};

void Make(AddonData& data) {
  Environment& environment = data.environment;
  if (StartEngineThreads()) {
    PlatformSnapshot::Get().GaveUp();
    return;
  }
  auto slot = std::make_shared<std::weak_ptr<SnapshotBuild>>();
  auto build = std::make_shared<SnapshotBuild>(
      environment.platform(), PlatformSnapshot::Request(),
      [slot, inbox = environment.shared_inbox()](SnapshotBuild::Result result) {
        PlatformSnapshot::Get().Made(result);
        inbox->Post(std::make_unique<ForgetTask>(slot->lock()), false);
      },
      [begin = environment.CreationCounter()] {
        std::shared_ptr<void> counted = begin();
        if (!counted) PlatformSnapshot::Get().GaveUp();
        return counted;
      });
  *slot = build;
  data.snapshot_builds.Add(build);
  Executor::Get().Schedule(build);
}

}  // namespace

void StartFromPlatformSnapshot(AddonData& data, GuestOptions* options) {
  if (!options->web.on || options->snapshot) return;
  std::shared_ptr<StoredSnapshot> stored = PlatformSnapshot::Get().Ready();
  if (stored) {
    if (stored->HasRoomIn(options->max_heap_size)) {
      options->in_snapshot = stored->abilities();
      options->snapshot = std::shared_ptr<const std::vector<char>>(stored, &stored->payload());
    }
  } else if (PlatformSnapshot::Get().Wanted()) {
    Make(data);
  }
}

}  // namespace isolet
