// The processes that start cells, of one environment: lib/ asks them, they end with it. The environment's thread.
#pragma once

#include <memory>
#include <unordered_map>

#include "binding/api/spawner_process.h"
#include "binding/environment/napi.h"

namespace isolet {

// (launcher) → { pid, socket }, or { call, errno }
Napi::Value StartSpawner(const Napi::CallbackInfo& info);
// (pid)
void EndSpawner(const Napi::CallbackInfo& info);
// (socket, request, starts) → with `starts` { output, errors, channel, report }, else {}; or { call, errno }
Napi::Value AskSpawner(const Napi::CallbackInfo& info);

using SpawnerProcesses = std::unordered_map<int, std::unique_ptr<SpawnerProcess>>;

}  // namespace isolet
