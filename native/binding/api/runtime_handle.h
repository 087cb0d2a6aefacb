// The object behind lib/'s Runtime (NativeRuntime in lib/native.ts): turns method calls into what the guest is asked,
// and answers into values or errors. The environment's thread.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "binding/environment/napi.h"
#include "binding/host/runtime_core.h"

namespace isolet {

class RuntimeHandle final : public Napi::ObjectWrap<RuntimeHandle> {
 public:
  static Napi::Function Define(Napi::Env env);
  // Empty: an exception is pending.
  static v8::MaybeLocal<v8::Value> Wrap(Environment& environment, std::shared_ptr<RuntimeCore> core);

  explicit RuntimeHandle(const Napi::CallbackInfo& info);
  ~RuntimeHandle() override;
  GuestPort& guest() const { return *core_->guest(); }
  RuntimeHandle(const RuntimeHandle&) = delete;
  RuntimeHandle& operator=(const RuntimeHandle&) = delete;

 private:
  Napi::Value Eval(const Napi::CallbackInfo& info);
  void EvalAsync(const Napi::CallbackInfo& info);
  void EvalWrappedAsync(const Napi::CallbackInfo& info);
  Napi::Value Load(const Napi::CallbackInfo& info);
  void LoadAsync(const Napi::CallbackInfo& info);
  Napi::Value AddLate(const Napi::CallbackInfo& info);
  void AddLateAsync(const Napi::CallbackInfo& info);
  Napi::Value KeepCode(const Napi::CallbackInfo& info);
  void KeepCodeAsync(const Napi::CallbackInfo& info);
  Napi::Value Serial(const Napi::CallbackInfo& info);
  void CallAsync(const Napi::CallbackInfo& info);
  // See runtime_handle_modules.cc.
  void AddModule(const Napi::CallbackInfo& info);
  void SetModuleHooks(const Napi::CallbackInfo& info);
  Napi::Value EvalModule(const Napi::CallbackInfo& info);
  void EvalModuleAsync(const Napi::CallbackInfo& info);
  Napi::Value Cancel(const Napi::CallbackInfo& info);
  Napi::Value SetGlobal(const Napi::CallbackInfo& info);
  Napi::Value DeleteGlobal(const Napi::CallbackInfo& info);
  void ReleaseFunction(const Napi::CallbackInfo& info);
  Napi::Value Stats(const Napi::CallbackInfo& info);
  void Use(const Napi::CallbackInfo& info);
  Napi::Value State(const Napi::CallbackInfo& info);
  Napi::Value TerminationReason(const Napi::CallbackInfo& info);
  void Terminate(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  Napi::Value CloseAsync(const Napi::CallbackInfo& info);

  Napi::Value RunNow(Napi::Env env, CallKind kind, uint64_t call_id, const CallLimits& limits,
                     std::unique_ptr<Program> program);
  Napi::Value Fail(Napi::Env env, Outcome outcome);

  std::shared_ptr<RuntimeCore> core_;
  std::shared_ptr<std::atomic<bool>> ended_;
};

}  // namespace isolet
