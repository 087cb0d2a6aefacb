// Node-API instance data: what the addon keeps per environment. The environment's thread.
#pragma once

#include <memory>

#include "binding/environment.h"
#include "binding/napi.h"

namespace isolet {

struct AddonData {
  explicit AddonData(Napi::Env env) : environment(env) {}
  AddonData(const AddonData&) = delete;
  AddonData& operator=(const AddonData&) = delete;

  static AddonData* Of(Napi::Env env) { return env.GetInstanceData<AddonData>(); }

  Environment environment;
  Napi::FunctionReference runtime_constructor;
};

}  // namespace isolet
