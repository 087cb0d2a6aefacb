#include "binding/api/call_now.h"

#include <algorithm>
#include <string>
#include <utility>

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
  std::optional<value::Primitives> plain = PlainArguments(*core->guest(), count, at);
  const auto finish = [&](Outcome&& outcome) {
    if (auto* number = NumberIn(outcome)) return info.GetReturnValue().Set(*number);
    v8::Local<v8::Value> value;
    if (core->ValueOf(std::move(outcome)).ToLocal(&value)) info.GetReturnValue().Set(value);
  };
  // Asked when the arguments are there: encoding may run code of the host that calls this guest, or closes it.
  const auto here = [&]() -> Guest* {
    Guest* guest = core->guest()->in_place();
    return guest != nullptr && guest->RunsHere(environment.SlotOf(core->serial())) ? guest : nullptr;
  };
  const auto run_here = [&](Guest& guest, Program& program) {
    const auto run = [&](auto& waiter, const auto& inside, bool* leaves) {
      return guest.RunHere(CallKind::kCall, call_id, limits, program, waiter, inside, leaves);
    };
    Wait(*core, call_id, run, finish);
  };
  Guest* in_place = plain ? here() : nullptr;
  if (in_place != nullptr) {
    CallProgram program(function_id, *plain);
    return run_here(*in_place, program);
  }
  std::unique_ptr<Program> program;
  if (plain) {
    program = std::make_unique<CallProgram>(function_id, *plain);
  } else {
    value::Values values;
    for (size_t i = 0; i < count; ++i) values.push_back(at(i));
    auto message = EncodeArguments(*core, v8::Undefined(info.GetIsolate()), &values, {});
    if (!message) return;
    if ((in_place = here()) != nullptr) {
      CallProgram on_stack(function_id, *std::move(message));
      return run_here(*in_place, on_stack);
    }
    program = std::make_unique<CallProgram>(function_id, *std::move(message));
  }
  const auto run = [&](auto& waiter, const auto& inside, bool* leaves) {
    return core->guest()->RunNow(CallKind::kCall, call_id, limits, std::move(program), waiter, inside, leaves);
  };
  Wait(*core, call_id, run, finish);
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

std::optional<value::Message> EncodeArguments(RuntimeCore& core, v8::Local<v8::Value> receiver,
                                              const std::vector<v8::Local<v8::Value>>& values,
                                              std::vector<v8::Local<v8::ArrayBuffer>> moved) {
  value::Values all;
  all.append(values.data(), values.size());
  return EncodeArguments(core, receiver, &all, std::move(moved));
}

std::optional<value::Message> EncodeArguments(RuntimeCore& core, v8::Local<v8::Value> receiver, value::Values* values,
                                              std::vector<v8::Local<v8::ArrayBuffer>> moved) {
  // Last, so that the path of an argument has its own index.
  values->push_back(receiver);
  auto left = core.crossing().LeaveList(values->data(), values->size(), "arguments", std::move(moved));
  if (auto* message = std::get_if<value::Message>(&left)) return std::move(*message);
  auto& failure = std::get<value::Failure>(left);
  std::string receiver_path = "arguments[" + std::to_string(values->size() - 1) + "]";
  if (failure.path.starts_with(receiver_path)) failure.path.replace(0, receiver_path.size(), "thisArg");
  if (failure.kind != value::Failure::Kind::kThrew) (void)core.ValueOf(std::move(failure)).IsEmpty();
  return std::nullopt;
}

v8::MaybeLocal<v8::Function> MakeCallNow(Environment& environment) {
  return v8::Function::New(environment.context(), CallNow, v8::External::New(environment.isolate(), &environment), 0,
                           v8::ConstructorBehavior::kThrow);
}

}  // namespace isolet
