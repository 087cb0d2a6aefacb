#include "binding/runtime_handle.h"

#include <string>
#include <utility>
#include <vector>

#include "binding/addon_data.h"
#include "binding/stats_object.h"
#include "engine/programs.h"
#include "engine/strings.h"
#include "engine/wrapped_script.h"

namespace isolet {
namespace {

uint64_t Id(const Napi::Value& value) {
  double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
  return number > 0 ? static_cast<uint64_t>(number) : 0;
}

std::string Text(const Napi::Value& value) {
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

// After the call's id: the code and its file name.
std::unique_ptr<ScriptProgram> Script(const Napi::CallbackInfo& info, ScriptProgram::Value value) {
  return std::make_unique<ScriptProgram>(Source{Text(info[1]), Text(info[2])}, value);
}

std::unique_ptr<KeepCodeProgram> CodeKeeper(const Napi::CallbackInfo& info) {
  bool module = info[3].IsBoolean() && info[3].As<Napi::Boolean>().Value();
  return std::make_unique<KeepCodeProgram>(Source{Text(info[1]), Text(info[2])}, module);
}

CallLimits Limits(const Napi::CallbackInfo& info, size_t first) {
  auto number = [&](size_t index) { return info[index].IsNumber() ? info[index].As<Napi::Number>().DoubleValue() : 0; };
  return {number(first), number(first + 1)};
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
                         InstanceMethod<&RuntimeHandle::LoadStreams>("loadStreams"),
                         InstanceMethod<&RuntimeHandle::LoadStreamsAsync>("loadStreamsAsync"),
                         InstanceMethod<&RuntimeHandle::KeepCode>("keepCode"),
                         InstanceMethod<&RuntimeHandle::KeepCodeAsync>("keepCodeAsync"),
                         InstanceMethod<&RuntimeHandle::Call>("call"),
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
  if (!info[0].IsExternal()) {
    Napi::TypeError::New(info.Env(), "Illegal constructor").ThrowAsJavaScriptException();
    return;
  }
  core_ = *info[0].As<Napi::External<std::shared_ptr<RuntimeCore>>>().Data();
  ended_ = core_->environment().ended();
}

RuntimeHandle::~RuntimeHandle() {
  // Not while the environment ends: it has closed everything itself and its table is gone.
  if (core_ && !ended_->load()) core_->HandleCollected();
}

Napi::Value RuntimeHandle::Wrap(Napi::Env env, std::shared_ptr<RuntimeCore> core) {
  Napi::Function constructor = AddonData::Of(env)->runtime_constructor.Value();
  return constructor.New({Napi::External<std::shared_ptr<RuntimeCore>>::New(env, &core)});
}

Napi::Value RuntimeHandle::Fail(Napi::Env env, Outcome outcome) {
  // Leaves the error pending.
  (void)core_->ValueOf(std::move(outcome)).IsEmpty();
  return env.Undefined();
}

Napi::Value RuntimeHandle::RunNow(Napi::Env env, CallKind kind, uint64_t call_id, const CallLimits& limits,
                                  std::unique_ptr<Program> program) {
  Environment& environment = core_->environment();
  if (environment.ending()) return env.Undefined();
  Inbox::Waiter waiter(environment, *core_->guest());
  Outcome outcome =
      core_->guest()->RunNow(kind, call_id, limits, std::move(program), waiter, environment.SlotOf(core_->serial()));
  environment.KeepUntilDelivered();
  v8::Local<v8::Value> value;
  if (!core_->ValueOf(std::move(outcome)).ToLocal(&value)) return env.Undefined();
  return Napi::Value(env, ToNapi(value));
}

Napi::Value RuntimeHandle::Start(Napi::Env env, CallKind kind, uint64_t call_id, const CallLimits& limits,
                                 std::unique_ptr<Program> program) {
  if (core_->environment().ending()) return env.Undefined();
  v8::Local<v8::Promise> promise;
  if (!core_->ExpectCall(call_id).ToLocal(&promise)) return env.Undefined();
  core_->guest()->Start(call_id, kind, limits, std::move(program));
  return Napi::Value(env, ToNapi(promise));
}

std::optional<value::Message> RuntimeHandle::EncodeCall(Napi::Value receiver, Napi::Value arguments,
                                                        Napi::Value transfer) {
  std::vector<v8::Local<v8::Value>> values;
  std::vector<v8::Local<v8::ArrayBuffer>> moved;
  if (transfer.IsArray()) {
    Napi::Array list = transfer.As<Napi::Array>();
    for (uint32_t i = 0; i < list.Length(); ++i) {
      v8::Local<v8::Value> buffer = ToV8(list.Get(i));
      if (buffer->IsArrayBuffer()) moved.push_back(buffer.As<v8::ArrayBuffer>());
    }
  }
  if (arguments.IsArray()) {
    auto array = ToV8(arguments).As<v8::Array>();
    v8::Local<v8::Context> context = core_->environment().context();
    values.reserve(array->Length() + 1);
    for (uint32_t i = 0; i < array->Length(); ++i) {
      v8::Local<v8::Value> argument;
      if (!array->Get(context, i).ToLocal(&argument)) return std::nullopt;
      values.push_back(argument);
    }
  }
  // Last, so that the path of an argument has its own index.
  values.push_back(ToV8(receiver));
  auto left = core_->crossing().LeaveList(values.data(), values.size(), "arguments", std::move(moved));
  if (auto* message = std::get_if<value::Message>(&left)) return std::move(*message);
  auto& failure = std::get<value::Failure>(left);
  std::string receiver_path = "arguments[" + std::to_string(values.size() - 1) + "]";
  if (failure.path.starts_with(receiver_path)) failure.path.replace(0, receiver_path.size(), "thisArg");
  if (failure.kind != value::Failure::Kind::kThrew) (void)core_->ValueOf(std::move(failure)).IsEmpty();
  return std::nullopt;
}

Napi::Value RuntimeHandle::Eval(const Napi::CallbackInfo& info) {
  return RunNow(info.Env(), CallKind::kEval, Id(info[0]), Limits(info, 3), Script(info, ScriptProgram::Value::kKept));
}

Napi::Value RuntimeHandle::EvalAsync(const Napi::CallbackInfo& info) {
  return Start(info.Env(), CallKind::kEvalAsync, Id(info[0]), Limits(info, 3),
               Script(info, ScriptProgram::Value::kKept));
}

Napi::Value RuntimeHandle::EvalWrappedAsync(const Napi::CallbackInfo& info) {
  std::optional<value::Message> values = EncodeCall(info.Env().Undefined(), info[6], {});
  if (!values) return info.Env().Undefined();
  return Start(
      info.Env(), CallKind::kEvalAsync, Id(info[0]), Limits(info, 3),
      std::make_unique<WrappedScriptProgram>(Id(info[5]), std::move(*values), Source{Text(info[1]), Text(info[2])}));
}

Napi::Value RuntimeHandle::Load(const Napi::CallbackInfo& info) {
  return RunNow(info.Env(), CallKind::kInternal, Id(info[0]), Limits(info, 3),
                Script(info, ScriptProgram::Value::kDropped));
}

Napi::Value RuntimeHandle::LoadAsync(const Napi::CallbackInfo& info) {
  return Start(info.Env(), CallKind::kInternal, Id(info[0]), Limits(info, 3),
               Script(info, ScriptProgram::Value::kDropped));
}

Napi::Value RuntimeHandle::LoadStreams(const Napi::CallbackInfo& info) {
  return RunNow(info.Env(), CallKind::kInternal, Id(info[0]), Limits(info, 1), std::make_unique<LoadStreamsProgram>());
}

Napi::Value RuntimeHandle::LoadStreamsAsync(const Napi::CallbackInfo& info) {
  return Start(info.Env(), CallKind::kInternal, Id(info[0]), Limits(info, 1), std::make_unique<LoadStreamsProgram>());
}

// Without limits: no guest code runs, and the length of the text bounds it.
Napi::Value RuntimeHandle::KeepCode(const Napi::CallbackInfo& info) {
  return RunNow(info.Env(), CallKind::kInternal, Id(info[0]), {}, CodeKeeper(info));
}

Napi::Value RuntimeHandle::KeepCodeAsync(const Napi::CallbackInfo& info) {
  return Start(info.Env(), CallKind::kInternal, Id(info[0]), {}, CodeKeeper(info));
}

Napi::Value RuntimeHandle::Call(const Napi::CallbackInfo& info) {
  std::optional<value::Message> values = EncodeCall(info[2], info[3], {});
  if (!values) return info.Env().Undefined();
  return RunNow(info.Env(), CallKind::kCall, Id(info[0]), Limits(info, 4),
                std::make_unique<CallProgram>(Id(info[1]), std::move(*values)));
}

Napi::Value RuntimeHandle::CallAsync(const Napi::CallbackInfo& info) {
  std::optional<value::Message> values = EncodeCall(info[2], info[3], info[6]);
  if (!values) return info.Env().Undefined();
  return Start(info.Env(), CallKind::kCallAsync, Id(info[0]), Limits(info, 4),
               std::make_unique<CallProgram>(Id(info[1]), std::move(*values)));
}

Napi::Value RuntimeHandle::Cancel(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), core_->guest()->Cancel(Id(info[0])));
}

void RuntimeHandle::SetGlobal(const Napi::CallbackInfo& info) {
  auto left = core_->crossing().Leave(ToV8(info[1]), "value");
  if (auto* failure = std::get_if<value::Failure>(&left)) {
    if (failure->kind != value::Failure::Kind::kThrew) Fail(info.Env(), std::move(*failure));
    return;
  }
  auto program = std::make_unique<SetGlobalProgram>(Text(info[0]), std::move(std::get<value::Message>(left)));
  std::shared_ptr<Guest> guest = core_->guest();
  if (guest->busy_elsewhere(core_->environment().SlotOf(core_->serial())) && !guest->final_stop()) {
    // A guest that never comes back must not hold up the event loop: defined as soon as it does, before what comes
    // after.
    guest->RunWhenFree(std::move(program), guest->options().default_limits);
    return;
  }
  RunNow(info.Env(), CallKind::kInternal, 0, guest->options().default_limits, std::move(program));
}

Napi::Value RuntimeHandle::DeleteGlobal(const Napi::CallbackInfo& info) {
  return RunNow(info.Env(), CallKind::kInternal, 0, core_->guest()->options().default_limits,
                std::make_unique<DeleteGlobalProgram>(Text(info[0])));
}

void RuntimeHandle::ReleaseFunction(const Napi::CallbackInfo& info) {
  core_->guest()->ReleaseFunction(Id(info[0]), Id(info[1]));
}

Napi::Value RuntimeHandle::Stats(const Napi::CallbackInfo& info) { return StatsObject(info.Env(), *core_->guest()); }

void RuntimeHandle::Use(const Napi::CallbackInfo& info) {
  if (info[0].IsTypedArray()) ReadUse(*core_->guest(), info[0].As<Napi::Float64Array>());
}

Napi::Value RuntimeHandle::State(const Napi::CallbackInfo& info) {
  static constexpr const char* kStates[] = {"open", "closing", "closed", "terminated"};
  return Napi::String::New(info.Env(), kStates[static_cast<size_t>(core_->guest()->state())]);
}

Napi::Value RuntimeHandle::TerminationReason(const Napi::CallbackInfo& info) {
  std::optional<Stop> stop = core_->guest()->final_stop();
  if (!stop || stop->reason == StopReason::kClosed) return info.Env().Null();
  return Napi::String::New(info.Env(), stop->reason == StopReason::kHeapLimit ? "heap limit" : stop->detail);
}

void RuntimeHandle::Terminate(const Napi::CallbackInfo& info) { core_->guest()->Terminate(Text(info[0])); }

void RuntimeHandle::Close(const Napi::CallbackInfo&) { core_->guest()->Close(); }

Napi::Value RuntimeHandle::CloseAsync(const Napi::CallbackInfo& info) {
  v8::Local<v8::Promise> promise;
  if (!core_->WhenGone().ToLocal(&promise)) return info.Env().Undefined();
  core_->guest()->Close();
  return Napi::Value(info.Env(), ToNapi(promise));
}

}  // namespace isolet
