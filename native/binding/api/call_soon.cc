#include "binding/api/call_soon.h"

#include <algorithm>
#include <utility>

#include "binding/api/call_arguments.h"
#include "binding/environment/given.h"
#include "programs/programs.h"

namespace isolet {
namespace {

// Before the guest's own arguments.
constexpr int kOurs = 5;

void CallSoon(const v8::FunctionCallbackInfo<v8::Value>& info) {
  auto& environment = *static_cast<Environment*>(info.Data().As<v8::External>()->Value());
  std::shared_ptr<RuntimeCore> core = RuntimeCore::Find(environment, IdOf(info[0]));
  if (!core) return ThrowMisuse("There is no such runtime");
  const uint64_t function_id = IdOf(info[2]);
  const auto count = static_cast<size_t>(std::max(info.Length() - kOurs, 0));
  const auto at = [&](size_t index) { return info[kOurs + static_cast<int>(index)]; };
  WithArguments(*core, count, at, [&](auto&& arguments) {
    StartCall(*core, CallKind::kCallAsync, IdOf(info[1]), {NumberOf(info[3]), NumberOf(info[4])},
              std::make_unique<CallProgram>(function_id, std::move(arguments)));
  });
}

}  // namespace

void StartCall(RuntimeCore& core, CallKind kind, uint64_t call_id, const CallLimits& limits,
               std::unique_ptr<Program> program) {
  if (core.environment().ending()) return;
  core.ExpectCall();
  core.environment().LookAround();
  core.guest()->Start(call_id, kind, limits, std::move(program));
}

v8::MaybeLocal<v8::Function> MakeCallSoon(Environment& environment) {
  return v8::Function::New(environment.context(), CallSoon, v8::External::New(environment.isolate(), &environment), 0,
                           v8::ConstructorBehavior::kThrow);
}

}  // namespace isolet
