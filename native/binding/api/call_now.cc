#include "binding/api/call_now.h"

#include <algorithm>
#include <utility>

#include "binding/api/call_arguments.h"
#include "binding/environment/given.h"
#include "guest/guest.h"
#include "programs/programs.h"

namespace isolet {
namespace {

// Before the guest's own arguments.
constexpr int kOurs = 5;

// A call that this thread waits for, with what has to be done before and after each: `run` gets the waiter, what it is
// inside of, and where to say that it leaves something behind; `finish` gets its outcome.
template <typename Run, typename Finish>
void Wait(RuntimeCore& core, uint64_t call_id, const Run& run, const Finish& finish) {
  Environment& environment = core.environment();
  if (environment.ending()) return;
  environment.LookAround();
  Inbox::Waiter waiter(core);
  bool leaves = false;
  Outcome outcome = run(waiter, environment.SlotOf(core.serial()), &leaves);
  // Now, while the caller is on the stack.
  if (leaves) core.Emit(CallHeld{call_id});
  environment.KeepUntilDelivered();
  core.WriteConsole();
  finish(std::move(outcome));
}

// Returned without a handle.
const double* NumberIn(const Outcome& outcome) {
  const auto* primitive = std::get_if<value::Primitive>(&outcome);
  return primitive != nullptr && primitive->kind == value::Primitive::Kind::kNumber ? &primitive->number : nullptr;
}

void CallNow(const v8::FunctionCallbackInfo<v8::Value>& info) {
  auto& environment = *static_cast<Environment*>(info.Data().As<v8::External>()->Value());
  std::shared_ptr<RuntimeCore> core = RuntimeCore::Find(environment, IdOf(info[0]));
  if (!core) return ThrowMisuse("There is no such runtime");
  const uint64_t call_id = IdOf(info[1]);
  const uint64_t function_id = IdOf(info[2]);
  const CallLimits limits = {NumberOf(info[3]), NumberOf(info[4])};
  const auto count = static_cast<size_t>(std::max(info.Length() - kOurs, 0));
  const auto at = [&](size_t index) { return info[kOurs + static_cast<int>(index)]; };
  const auto finish = [&](Outcome&& outcome) {
    if (auto* number = NumberIn(outcome)) return info.GetReturnValue().Set(*number);
    v8::Local<v8::Value> value;
    if (core->ValueOf(std::move(outcome)).ToLocal(&value)) info.GetReturnValue().Set(value);
  };
  WithArguments(*core, count, at, [&](auto&& arguments) {
    Guest* guest = core->guest()->in_place();
    if (guest != nullptr && guest->RunsHere(environment.SlotOf(core->serial()))) {
      CallProgram program(function_id, std::move(arguments));
      const auto run = [&](auto& waiter, const auto& inside, bool* leaves) {
        return guest->RunHere(CallKind::kCall, call_id, limits, program, waiter, inside, leaves);
      };
      return Wait(*core, call_id, run, finish);
    }
    auto program = std::make_unique<CallProgram>(function_id, std::move(arguments));
    const auto run = [&](auto& waiter, const auto& inside, bool* leaves) {
      return core->guest()->RunNow(CallKind::kCall, call_id, limits, std::move(program), waiter, inside, leaves);
    };
    Wait(*core, call_id, run, finish);
  });
}

}  // namespace

v8::MaybeLocal<v8::Value> RunAndWait(std::shared_ptr<RuntimeCore> core, CallKind kind, uint64_t call_id,
                                     const CallLimits& limits, std::unique_ptr<Program> program) {
  v8::MaybeLocal<v8::Value> value;
  const auto run = [&](auto& waiter, const auto& inside, bool* leaves) {
    return core->guest()->RunNow(kind, call_id, limits, std::move(program), waiter, inside, leaves);
  };
  Wait(*core, call_id, run, [&](Outcome&& outcome) { value = core->ValueOf(std::move(outcome)); });
  return value;
}

v8::MaybeLocal<v8::Function> MakeCallNow(Environment& environment) {
  return v8::Function::New(environment.context(), CallNow, v8::External::New(environment.isolate(), &environment), 0,
                           v8::ConstructorBehavior::kThrow);
}

}  // namespace isolet
