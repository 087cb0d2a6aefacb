// The module methods of NativeRuntime (lib/native.ts). The environment's thread.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "binding/given.h"
#include "binding/runtime_handle.h"
#include "engine/module_names.h"
#include "engine/module_programs.h"

namespace isolet {
void RuntimeHandle::AddModule(const Napi::CallbackInfo& info) {
  if (std::optional<Stop> stop = core_->guest()->final_stop()) {
    Fail(info.Env(), *std::move(stop));
    return;
  }
  Given given(info);
  ModuleSource source;
  source.type = ModuleTypeOf(given.Text(1)).value_or(ModuleType::kJs);
  std::optional<std::string> bytes = BytesOf(given[2]);
  source.content = bytes ? *std::move(bytes) : given.Text(2);
  core_->guest()->modules().sources().Add(ModuleUrl(given.Text(0)), std::move(source));
}

void RuntimeHandle::SetModuleHooks(const Napi::CallbackInfo& info) {
  if (std::optional<Stop> stop = core_->guest()->final_stop()) {
    Fail(info.Env(), *std::move(stop));
    return;
  }
  Given given(info);
  core_->guest()->modules().SetHooks(given.Flag(0), given.Flag(1));
}

Napi::Value RuntimeHandle::EvalModule(const Napi::CallbackInfo& info) {
  Given given(info);
  return RunNow(info.Env(), CallKind::kEvalModule, given.Id(0), given.Limits(2),
                std::make_unique<EvalModuleProgram>(given.Id(0), given.Text(1)));
}

Napi::Value RuntimeHandle::EvalModuleAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  return Start(info.Env(), CallKind::kEvalModuleAsync, given.Id(0), given.Limits(2),
               std::make_unique<EvalModuleAsyncProgram>(given.Id(0), given.Text(1)));
}

}  // namespace isolet
