// The module methods of NativeRuntime (lib/native.ts). The environment's thread.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "binding/runtime_handle.h"
#include "engine/module_names.h"
#include "engine/module_programs.h"

namespace isolet {
namespace {

double Number(const Napi::Value& value) { return value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0; }

std::string Text(const Napi::Value& value) {
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

uint64_t CallId(const Napi::CallbackInfo& info) { return static_cast<uint64_t>(Number(info[0])); }

CallLimits Limits(const Napi::CallbackInfo& info) { return {Number(info[2]), Number(info[3])}; }

}  // namespace

void RuntimeHandle::AddModule(const Napi::CallbackInfo& info) {
  if (std::optional<Stop> stop = core_->guest()->final_stop()) {
    Fail(info.Env(), *std::move(stop));
    return;
  }
  ModuleSource source;
  source.type = ModuleTypeOf(Text(info[1])).value_or(ModuleType::kJs);
  if (info[2].IsTypedArray()) {
    Napi::TypedArray array = info[2].As<Napi::TypedArray>();
    auto* data = static_cast<const char*>(array.ArrayBuffer().Data());
    if (array.ByteLength() > 0) source.content.assign(data + array.ByteOffset(), array.ByteLength());
  } else {
    source.content = Text(info[2]);
  }
  core_->guest()->modules().sources().Add(ModuleUrl(Text(info[0])), std::move(source));
}

void RuntimeHandle::SetModuleHooks(const Napi::CallbackInfo& info) {
  if (std::optional<Stop> stop = core_->guest()->final_stop()) {
    Fail(info.Env(), *std::move(stop));
    return;
  }
  core_->guest()->modules().SetHooks(info[0].ToBoolean().Value(), info[1].ToBoolean().Value());
}

Napi::Value RuntimeHandle::EvalModule(const Napi::CallbackInfo& info) {
  return RunNow(info.Env(), CallKind::kEvalModule, CallId(info), Limits(info),
                std::make_unique<EvalModuleProgram>(CallId(info), Text(info[1])));
}

Napi::Value RuntimeHandle::EvalModuleAsync(const Napi::CallbackInfo& info) {
  return Start(info.Env(), CallKind::kEvalModuleAsync, CallId(info), Limits(info),
               std::make_unique<EvalModuleAsyncProgram>(CallId(info), Text(info[1])));
}

}  // namespace isolet
