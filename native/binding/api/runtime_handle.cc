#include "binding/api/runtime_handle.h"

#include <string>
#include <utility>
#include <vector>

#include "binding/api/addon_data.h"
#include "binding/api/call_arguments.h"
#include "binding/api/call_now.h"
#include "binding/api/call_soon.h"
#include "binding/api/stats_object.h"
#include "binding/environment/given.h"
#include "programs/programs.h"
#include "programs/wrapped_script.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// After the call's id: the code and its file name.
Source SourceOf(const Given& given) { return {given.Text(1), given.Text(2)}; }

std::unique_ptr<ScriptProgram> Script(const Given& given, ScriptProgram::Value value) {
  return std::make_unique<ScriptProgram>(SourceOf(given), value);
}

// After the limits: whether it is a script of a snapshot.
CallKind KindOfLoad(const Given& given) { return given.Flag(5) ? CallKind::kSnapshotScript : CallKind::kInternal; }

// What is no array has no elements. False: an exception is pending.
bool TakeList(v8::Local<v8::Context> context, v8::Local<v8::Value> list, value::Values* values) {
  if (!list->IsArray()) return true;
  auto array = list.As<v8::Array>();
  for (uint32_t i = 0; i < array->Length(); ++i) {
    v8::Local<v8::Value> value;
    if (!array->Get(context, i).ToLocal(&value)) return false;
    values->push_back(value);
  }
  return true;
}

std::vector<v8::Local<v8::ArrayBuffer>> BuffersIn(const value::Values& values) {
  std::vector<v8::Local<v8::ArrayBuffer>> buffers;
  for (v8::Local<v8::Value> value : values) {
    if (value->IsArrayBuffer()) buffers.push_back(value.As<v8::ArrayBuffer>());
  }
  return buffers;
}

// By Cancelled.
constexpr const char* kCancelled[] = {"settled", "unbegun", "running", "waiting", "goesOn"};

std::unique_ptr<KeepCodeProgram> CodeKeeper(const Given& given) {
  return std::make_unique<KeepCodeProgram>(SourceOf(given), given.Flag(3));
}

}  // namespace

Napi::Function RuntimeHandle::Define(Napi::Env env) {
  return DefineClass(env, "NativeRuntime",
                     {
                         InstanceMethod<&RuntimeHandle::Eval>("eval"),
                         InstanceMethod<&RuntimeHandle::EvalAsync>("evalAsync"),
                         InstanceMethod<&RuntimeHandle::EvalWrappedAsync>("evalWrappedAsync"),
                         InstanceMethod<&RuntimeHandle::Load>("load"),
                         InstanceMethod<&RuntimeHandle::LoadAsync>("loadAsync"),
                         InstanceMethod<&RuntimeHandle::AddLate>("addLate"),
                         InstanceMethod<&RuntimeHandle::AddLateAsync>("addLateAsync"),
                         InstanceMethod<&RuntimeHandle::KeepCode>("keepCode"),
                         InstanceMethod<&RuntimeHandle::KeepCodeAsync>("keepCodeAsync"),
                         InstanceMethod<&RuntimeHandle::Serial>("serial"),
                         InstanceMethod<&RuntimeHandle::CallAsync>("callAsync"),
                         InstanceMethod<&RuntimeHandle::AddModule>("addModule"),
                         InstanceMethod<&RuntimeHandle::SetModuleHooks>("setModuleHooks"),
                         InstanceMethod<&RuntimeHandle::EvalModule>("evalModule"),
                         InstanceMethod<&RuntimeHandle::EvalModuleAsync>("evalModuleAsync"),
                         InstanceMethod<&RuntimeHandle::Cancel>("cancel"),
                         InstanceMethod<&RuntimeHandle::SetGlobal>("setGlobal"),
                         InstanceMethod<&RuntimeHandle::DeleteGlobal>("deleteGlobal"),
                         InstanceMethod<&RuntimeHandle::ReleaseFunction>("releaseFunction"),
                         InstanceMethod<&RuntimeHandle::Stats>("stats"),
                         InstanceMethod<&RuntimeHandle::Use>("use"),
                         InstanceMethod<&RuntimeHandle::State>("state"),
                         InstanceMethod<&RuntimeHandle::TerminationReason>("terminationReason"),
                         InstanceMethod<&RuntimeHandle::Terminate>("terminate"),
                         InstanceMethod<&RuntimeHandle::Close>("close"),
                         InstanceMethod<&RuntimeHandle::CloseAsync>("closeAsync"),
                     });
}

RuntimeHandle::RuntimeHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RuntimeHandle>(info) {
  v8::Local<v8::Value> core = Given(info)[0];
  if (!core->IsExternal()) {
    ThrowMisuse("Illegal constructor");
    return;
  }
  core_ = *static_cast<std::shared_ptr<RuntimeCore>*>(core.As<v8::External>()->Value());
  ended_ = core_->environment().ended();
}

RuntimeHandle::~RuntimeHandle() {
  // Not while the environment ends: it has closed everything itself and its table is gone.
  if (core_ && !ended_->load()) core_->HandleCollected();
}

v8::MaybeLocal<v8::Value> RuntimeHandle::Wrap(Environment& environment, std::shared_ptr<RuntimeCore> core) {
  v8::Isolate* isolate = environment.isolate();
  v8::Local<v8::Function> constructor = AddonData::Of(environment.env())->runtime_constructor.Get(isolate);
  v8::Local<v8::Value> argument = v8::External::New(isolate, &core);
  v8::Local<v8::Object> handle;
  if (!constructor->NewInstance(environment.context(), 1, &argument).ToLocal(&handle)) return {};
  return handle.As<v8::Value>();
}

Napi::Value RuntimeHandle::Fail(Napi::Env env, Outcome outcome) {
  // Leaves the error pending.
  (void)core_->ValueOf(std::move(outcome)).IsEmpty();
  return env.Undefined();
}

Napi::Value RuntimeHandle::RunNow(Napi::Env env, CallKind kind, uint64_t call_id, const CallLimits& limits,
                                  std::unique_ptr<Program> program) {
  return ReturnedOrThrown(env, RunAndWait(core_, kind, call_id, limits, std::move(program)));
}

Napi::Value RuntimeHandle::Eval(const Napi::CallbackInfo& info) {
  Given given(info);
  return RunNow(info.Env(), CallKind::kEval, given.Id(0), given.Limits(3), Script(given, ScriptProgram::Value::kKept));
}

void RuntimeHandle::EvalAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  StartCall(*core_, CallKind::kEvalAsync, given.Id(0), given.Limits(3), Script(given, ScriptProgram::Value::kKept));
}

void RuntimeHandle::EvalWrappedAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  value::Values arguments;
  if (!TakeList(core_->environment().context(), given[6], &arguments)) return;
  std::optional<value::Message> values = EncodeArguments(*core_, v8::Undefined(given.isolate()), &arguments, {});
  if (!values) return;
  StartCall(*core_, CallKind::kEvalAsync, given.Id(0), given.Limits(3),
            std::make_unique<WrappedScriptProgram>(given.Id(5), std::move(*values), SourceOf(given)));
}

Napi::Value RuntimeHandle::Load(const Napi::CallbackInfo& info) {
  Given given(info);
  return RunNow(info.Env(), KindOfLoad(given), given.Id(0), given.Limits(3),
                Script(given, ScriptProgram::Value::kDropped));
}

void RuntimeHandle::LoadAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  StartCall(*core_, KindOfLoad(given), given.Id(0), given.Limits(3), Script(given, ScriptProgram::Value::kDropped));
}

Napi::Value RuntimeHandle::AddLate(const Napi::CallbackInfo& info) {
  Given given(info);
  return RunNow(info.Env(), CallKind::kInternal, given.Id(0), given.Limits(1), std::make_unique<AddLateProgram>());
}

void RuntimeHandle::AddLateAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  StartCall(*core_, CallKind::kInternal, given.Id(0), given.Limits(1), std::make_unique<AddLateProgram>());
}

// Without limits: no guest code runs, and the length of the text bounds it.
Napi::Value RuntimeHandle::KeepCode(const Napi::CallbackInfo& info) {
  Given given(info);
  return RunNow(info.Env(), CallKind::kInternal, given.Id(0), {}, CodeKeeper(given));
}

void RuntimeHandle::KeepCodeAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  StartCall(*core_, CallKind::kInternal, given.Id(0), {}, CodeKeeper(given));
}

Napi::Value RuntimeHandle::Serial(const Napi::CallbackInfo& info) {
  return Returned(info.Env(), v8::Number::New(core_->isolate(), static_cast<double>(core_->serial())));
}

void RuntimeHandle::CallAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  v8::Local<v8::Context> context = core_->environment().context();
  value::Values values, buffers;
  if (!TakeList(context, given[6], &buffers) || !TakeList(context, given[3], &values)) return;
  std::optional<value::Message> message = EncodeArguments(*core_, given[2], &values, BuffersIn(buffers));
  if (!message) return;
  StartCall(*core_, CallKind::kCallAsync, given.Id(0), given.Limits(4),
            std::make_unique<CallProgram>(given.Id(1), *std::move(message)));
}

Napi::Value RuntimeHandle::Cancel(const Napi::CallbackInfo& info) {
  Given given(info);
  const Cancelled was = core_->guest()->Cancel(given.Id(0), given.Flag(1));
  return Returned(info.Env(), Name(given.isolate(), kCancelled[static_cast<size_t>(was)]));
}

Napi::Value RuntimeHandle::SetGlobal(const Napi::CallbackInfo& info) {
  Given given(info);
  auto left = core_->crossing().Leave(given[1], "value");
  if (auto* failure = std::get_if<value::Failure>(&left)) {
    if (failure->kind != value::Failure::Kind::kThrew) Fail(info.Env(), std::move(*failure));
    return info.Env().Undefined();
  }
  std::shared_ptr<GuestPort> guest = core_->guest();
  const bool waits = !guest->busy_elsewhere(core_->environment().SlotOf(core_->serial())) || guest->stopped_for_good();
  auto program = std::make_unique<SetGlobalProgram>(given.Text(0), std::move(std::get<value::Message>(left)), waits);
  if (waits) {
    return RunNow(info.Env(), CallKind::kInternal, 0, guest->options().default_limits, std::move(program));
  }
  // A guest that never comes back must not hold up the event loop: defined as soon as it does, before what comes after.
  auto refused = guest->RunWhenFree(std::move(program), guest->options().default_limits);
  if (refused) Fail(info.Env(), *std::move(refused));
  return info.Env().Undefined();
}

Napi::Value RuntimeHandle::DeleteGlobal(const Napi::CallbackInfo& info) {
  Given given(info);
  return RunNow(info.Env(), CallKind::kInternal, 0, core_->guest()->options().default_limits,
                std::make_unique<DeleteGlobalProgram>(given.Text(0)));
}

void RuntimeHandle::ReleaseFunction(const Napi::CallbackInfo& info) { core_->handles().Release(Given(info).Id(0)); }

Napi::Value RuntimeHandle::Stats(const Napi::CallbackInfo& info) { return StatsObject(info.Env(), *core_); }

void RuntimeHandle::Use(const Napi::CallbackInfo& info) {
  v8::Local<v8::Value> out = Given(info)[0];
  if (out->IsFloat64Array()) ReadUse(*core_, out.As<v8::Float64Array>());
}

Napi::Value RuntimeHandle::State(const Napi::CallbackInfo& info) {
  static constexpr const char* kStates[] = {"open", "closing", "closed", "terminated"};
  const char* state = kStates[static_cast<size_t>(core_->guest()->state())];
  return Returned(info.Env(), Name(core_->isolate(), state));
}

Napi::Value RuntimeHandle::TerminationReason(const Napi::CallbackInfo& info) {
  std::optional<Stop> stop = core_->guest()->final_stop();
  if (!stop || stop->reason == StopReason::kClosed) return info.Env().Null();
  v8::Local<v8::String> reason;
  if (!FromUtf8(core_->isolate(), stop->reason == StopReason::kHeapLimit ? "heap limit" : stop->detail)
           .ToLocal(&reason)) {
    return info.Env().Null();
  }
  return Returned(info.Env(), reason);
}

void RuntimeHandle::Terminate(const Napi::CallbackInfo& info) { core_->guest()->Terminate(Given(info).Text(0)); }

void RuntimeHandle::Close(const Napi::CallbackInfo&) { core_->guest()->Close(); }

Napi::Value RuntimeHandle::CloseAsync(const Napi::CallbackInfo& info) {
  v8::Local<v8::Promise> promise;
  if (!core_->WhenGone().ToLocal(&promise)) return info.Env().Undefined();
  core_->guest()->Close();
  return Returned(info.Env(), promise);
}

}  // namespace isolet
