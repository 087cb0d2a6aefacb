// What the addon exports, and nothing else.
#include "binding/addon_data.h"
#include "binding/napi.h"
#include "binding/process_info.h"
#include "binding/runtime_factory.h"
#include "binding/runtime_handle.h"
#include "binding/snapshot_binding.h"
#include "engine/v8.h"

namespace isolet {
namespace {

void NoteExit(const Napi::CallbackInfo& info) {
  if (info[0].IsNumber()) AddonData::Of(info.Env())->environment.NoteExit(info[0].As<Napi::Number>().Int32Value());
}

void Initialize(const Napi::CallbackInfo& info) {
  if (info[0].IsObject()) AddonData::Of(info.Env())->environment.SetHooks(info[0].As<Napi::Object>());
}

}  // namespace

Napi::Object Exports(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData(env);
  env.SetInstanceData(data);
  RunAsmAsJavaScript();
  KeepLoopsInterruptible();
  data->runtime_constructor = Napi::Persistent(RuntimeHandle::Define(env));
  exports.Set("initialize", Napi::Function::New<Initialize>(env, "initialize"));
  exports.Set("noteExit", Napi::Function::New<NoteExit>(env, "noteExit"));
  exports.Set("createRuntime", Napi::Function::New<CreateRuntime>(env, "createRuntime"));
  exports.Set("createRuntimeAsync", Napi::Function::New<CreateRuntimeAsync>(env, "createRuntimeAsync"));
  exports.Set("buildSnapshot", Napi::Function::New<BuildSnapshot>(env, "buildSnapshot"));
  exports.Set("buildSnapshotAsync", Napi::Function::New<BuildSnapshotAsync>(env, "buildSnapshotAsync"));
  exports.Set("checkSnapshot", Napi::Function::New<CheckSnapshot>(env, "checkSnapshot"));
  exports.Set("counters", Napi::Function::New<Counters>(env, "counters"));
  exports.Set("processLimits", Napi::Function::New<ProcessLimits>(env, "processLimits"));
  exports.Set("setProcessLimits", Napi::Function::New<SetProcessLimits>(env, "setProcessLimits"));
  return exports;
}

}  // namespace isolet

using isolet::Exports;
NODE_API_MODULE(isolet, Exports)
