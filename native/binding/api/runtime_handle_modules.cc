// The module methods of NativeRuntime (lib/native.ts). The environment's thread.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "binding/api/call_soon.h"
#include "binding/api/runtime_handle.h"
#include "binding/environment/given.h"
#include "binding/environment/sync_answers.h"
#include "modules/names.h"
#include "modules/source.h"
#include "programs/module_programs.h"

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
  core_->guest()->AddModule(ModuleUrl(given.Text(0)), std::move(source));
}

void RuntimeHandle::SetModuleHooks(const Napi::CallbackInfo& info) {
  if (std::optional<Stop> stop = core_->guest()->final_stop()) {
    Fail(info.Env(), *std::move(stop));
    return;
  }
  Given given(info);
  core_->guest()->SetModuleHooks(given.Flag(0), given.Flag(1));
}

Napi::Value RuntimeHandle::EvalModule(const Napi::CallbackInfo& info) {
  Given given(info);
  Environment& environment = core_->environment();
  if (environment.ending()) return info.Env().Undefined();
  GuestPort& guest = *core_->guest();
  const uint64_t id = given.Id(0);
  std::shared_ptr<ReplySlot> inside = environment.SlotOf(core_->serial());
  // Called from inside the guest, which then can't do anything else meanwhile.
  const bool nested = inside || core_->OnThisStack();
  environment.LookAround();
  auto waits = std::make_shared<std::atomic<bool>>(false);
  bool leaves = false;
  Inbox::Waiter waiter(*core_);
  SyncAnswers::Expected answer(*environment.sync_answers(), core_->serial(), id, waiter);
  Outcome outcome = guest.RunNow(CallKind::kEvalModule, id, given.Limits(2),
                                 std::make_unique<EvalModuleProgram>(id, given.Text(1), nested ? nullptr : waits),
                                 waiter, inside, &leaves);
  // Now, while the caller is on the stack.
  if (leaves) core_->Emit(CallHeld{id});
  if (waits->load(std::memory_order_acquire)) {
    // Stopped before it had left its frame: that is the answer.
    if (!IsValue(outcome)) guest.Cancel(id, false);
    Outcome settled = answer.Await();
    if (IsValue(outcome)) outcome = std::move(settled);
  }
  environment.KeepUntilDelivered();
  // What is made of it may close the runtime, or end its last reference.
  std::shared_ptr<RuntimeCore> core = core_;
  return ReturnedOrThrown(info.Env(), core->ValueOf(std::move(outcome)));
}

void RuntimeHandle::EvalModuleAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  StartCall(*core_, CallKind::kEvalModuleAsync, given.Id(0), given.Limits(2),
            std::make_unique<EvalModuleAsyncProgram>(given.Id(0), given.Text(1)));
}

}  // namespace isolet
