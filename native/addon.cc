// What the addon exports, and nothing else.
#include "binding/api/addon_data.h"
#include "binding/api/call_now.h"
#include "binding/api/call_soon.h"
#include "binding/api/cell_binding.h"
#include "binding/api/cell_links.h"
#include "binding/api/process_info.h"
#include "binding/api/runtime_factory.h"
#include "binding/api/runtime_handle.h"
#include "binding/api/snapshot_binding.h"
#include "binding/environment/given.h"
#include "binding/environment/napi.h"
#include "v8/private_ids.h"
#include "v8/strings.h"
#include "v8/v8.h"
#include "web/ada.h"
#include "web/libraries.h"
#include "web/openssl.h"
#include "web/program.h"

namespace isolet {
namespace {

void NoteExit(const Napi::CallbackInfo& info) {
  Given given(info);
  if (given[0]->IsNumber()) AddonData::Of(info.Env())->environment.NoteExit(static_cast<int>(given.Number(0)));
}

void Initialize(const Napi::CallbackInfo& info) {
  v8::Local<v8::Value> hooks = Given(info)[0];
  if (hooks->IsObject()) AddonData::Of(info.Env())->environment.SetHooks(hooks.As<v8::Object>());
}

// (text) → whether this is the program of the process.
Napi::Value SetWebProgram(const Napi::CallbackInfo& info) {
  OpenSsl::Prepare();
  return Returned(info.Env(), v8::Boolean::New(v8::Isolate::GetCurrent(), WebProgram::Get().Set(Given(info).Text(0))));
}

// (name, text): a program that few guests need.
void GiveWebLibrary(const Napi::CallbackInfo& info) {
  Given given(info);
  SetWebLibrary(given.Text(0), given.Text(1));
}

// () → whether guests can use Node's own parser of URLs.
Napi::Value HasUrlParser(const Napi::CallbackInfo& info) {
  return Returned(info.Env(), v8::Boolean::New(v8::Isolate::GetCurrent(), FindAda() != nullptr));
}

// (buffer) → whether it can move: nobody in the host has this ArrayBuffer any more, so it does instead of being copied
// when it leaves.
Napi::Value GiveBuffer(const Napi::CallbackInfo& info) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> buffer = Given(info)[0];
  const bool moves = buffer->IsArrayBuffer() && buffer.As<v8::ArrayBuffer>()->IsDetachable();
  if (moves) {
    AddonData::Of(info.Env())->environment.NoteGiven();
    WritePrivateId(isolate->GetCurrentContext(), buffer.As<v8::Object>(), PrivateId::kGivenAway, 1);
  }
  return Returned(info.Env(), v8::Boolean::New(isolate, moves));
}

// False: an exception is pending.
bool Export(v8::Local<v8::Object> exports, const char* name, v8::Local<v8::Value> value) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  return exports->CreateDataProperty(isolate->GetCurrentContext(), Name(isolate, name), value).FromMaybe(false);
}

bool Export(v8::Local<v8::Object> exports, const char* name, const Napi::Function& function) {
  return !function.IsEmpty() && Export(exports, name, ToV8(function));
}

template <auto callback>
bool Export(Napi::Env env, v8::Local<v8::Object> exports, const char* name) {
  return Export(exports, name, Napi::Function::New<callback>(env, name));
}

// False: an exception is pending.
bool Fill(Napi::Env env, v8::Local<v8::Object> exports) {
  auto* data = new AddonData(env);
  env.SetInstanceData(data);
  if (!data->environment.works()) {
    ThrowMisuse("isolet can't watch the event loop: the process has no file descriptors left");
    return false;
  }
  RunAsmAsJavaScript();
  KeepLoopsInterruptible();
  Napi::Function constructor = RuntimeHandle::Define(env);
  if (constructor.IsEmpty()) return false;
  data->runtime_constructor.Reset(data->environment.isolate(), ToV8(constructor).As<v8::Function>());
  v8::Local<v8::Function> call, call_async;
  if (!MakeCallNow(data->environment).ToLocal(&call) || !Export(exports, "call", call.As<v8::Value>()) ||
      !MakeCallSoon(data->environment).ToLocal(&call_async) ||
      !Export(exports, "callAsync", call_async.As<v8::Value>())) {
    return false;
  }
  return Export<Initialize>(env, exports, "initialize") && Export<NoteExit>(env, exports, "noteExit") &&
         Export<CreateRuntime>(env, exports, "createRuntime") &&
         Export<CreateRuntimeAsync>(env, exports, "createRuntimeAsync") &&
         Export<BuildSnapshot>(env, exports, "buildSnapshot") &&
         Export<BuildSnapshotAsync>(env, exports, "buildSnapshotAsync") &&
         Export<SnapshotHasWeb>(env, exports, "snapshotHasWeb") &&
         Export<CheckSnapshot>(env, exports, "checkSnapshot") && Export<Counters>(env, exports, "counters") &&
         Export<ProcessLimits>(env, exports, "processLimits") &&
         Export<SetProcessLimits>(env, exports, "setProcessLimits") && Export<WakeThread>(env, exports, "wakeThread") &&
         Export<SetWebProgram>(env, exports, "setWebProgram") &&
         Export<GiveWebLibrary>(env, exports, "setWebLibrary") && Export<HasUrlParser>(env, exports, "hasUrlParser") &&
         Export<GiveBuffer>(env, exports, "giveBuffer") && Export<SealCell>(env, exports, "sealCell") &&
         Export<OpenCell>(env, exports, "openCell") && Export<EndCell>(env, exports, "endCell") &&
         Export<StartSpawner>(env, exports, "startSpawner") && Export<EndSpawner>(env, exports, "endSpawner") &&
         Export<AskSpawner>(env, exports, "askSpawner");
}

}  // namespace
}  // namespace isolet

NAPI_MODULE_INIT() {
  isolet::Fill(env, isolet::ToV8(exports).As<v8::Object>());
  return exports;
}
