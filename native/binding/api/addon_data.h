// Node-API instance data: what the addon keeps per environment. The environment's thread.
#pragma once

#include <memory>

#include "binding/api/cell_links.h"
#include "binding/api/snapshot_binding.h"
#include "binding/api/spawner_binding.h"
#include "binding/environment/environment.h"
#include "binding/environment/napi.h"

namespace isolet {

struct AddonData {
  explicit AddonData(Napi::Env env) : environment(env), snapshot_builds(environment), cell_links(environment) {}
  AddonData(const AddonData&) = delete;
  AddonData& operator=(const AddonData&) = delete;

  static AddonData* Of(Napi::Env env) { return env.GetInstanceData<AddonData>(); }

  Environment environment;
  SnapshotBuilds snapshot_builds;  // after the environment: its builds are stopped first
  CellLinks cell_links;            // the same for its cells
  SpawnerProcesses spawners;
  v8::Global<v8::Function> runtime_constructor;
};

}  // namespace isolet
