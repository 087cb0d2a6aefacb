#include "binding/host/calls.h"

#include <string>
#include <utility>
#include <vector>

#include "binding/host/runtime_core.h"
#include "boundary/crossing.h"
#include "v8/strings.h"

namespace isolet {
namespace {

v8::Local<v8::Value> FailureError(v8::Isolate* isolate, const value::Failure& failure) {
  v8::Local<v8::String> message;
  if (!FromUtf8(isolate, FailureText(failure)).ToLocal(&message)) message = Name(isolate, "The value can't cross");
  return failure.over_limit() ? v8::Exception::RangeError(message) : v8::Exception::TypeError(message);
}

// What the hook answers: a value, or a promise of this realm. Empty: `catcher` has what was thrown.
v8::MaybeLocal<v8::Value> Ask(RuntimeCore& core, HostCall& call) {
  v8::Isolate* isolate = core.isolate();
  value::Values values;
  if (!core.crossing().ArriveList(call.arguments, &values)) return {};
  v8::Local<v8::Value> arguments[] = {core.owner(), v8::Number::New(isolate, static_cast<double>(call.function_id)),
                                      v8::Number::New(isolate, static_cast<double>(call.call_id)),
                                      v8::Array::New(isolate, values.data(), values.size())};
  return core.environment().CallHook(Environment::Hook::kCallHost, 4, arguments);
}

}  // namespace

HostReply ThrownReply(RuntimeCore& core, v8::Local<v8::Value> thrown) {
  if (core.guest()->stopped_for_good()) return {true, value::Undefined(), 0};
  v8::Isolate* isolate = core.isolate();
  v8::TryCatch catcher(isolate);
  HostReply reply;
  reply.threw = true;
  auto left = core.crossing().Leave(thrown, "error");
  if (auto* failure = std::get_if<value::Failure>(&left)) {
    // Not the reason itself, but a reason.
    catcher.Reset();
    left = core.crossing().Leave(FailureError(isolate, *failure), "error");
  }
  if (auto* message = std::get_if<value::Message>(&left)) {
    reply.value = std::move(*message);
  } else {
    reply.value = value::Undefined();
  }
  if (thrown->IsObject()) reply.host_error = core.errors().Remember(isolate, thrown);
  return reply;
}

HostReply ValueReply(RuntimeCore& core, v8::Local<v8::Value> value, std::unique_ptr<OpenCall> open) {
  // Nobody takes it: not worth copying, maybe hundreds of times.
  if (core.guest()->stopped_for_good()) return {};
  v8::TryCatch catcher(core.isolate());
  auto left = core.crossing().Leave(value, "result", std::move(open));
  if (auto* message = std::get_if<value::Message>(&left)) return {false, std::move(*message), 0};
  const auto& failure = std::get<value::Failure>(left);
  if (failure.kind != value::Failure::Kind::kThrew) return ThrownReply(core, FailureError(core.isolate(), failure));
  if (catcher.HasTerminated() || !catcher.HasCaught()) return {true, value::Undefined(), 0};
  v8::Local<v8::Value> thrown = catcher.Exception();
  catcher.Reset();
  return ThrownReply(core, thrown);
}

HostReply CallHostFunction(RuntimeCore& core, HostCall& call) {
  v8::TryCatch catcher(core.isolate());
  v8::Local<v8::Value> value;
  if (Ask(core, call).ToLocal(&value)) {
    return ValueReply(core, value, std::move(call.open));
  }
  if (catcher.HasTerminated() || !catcher.HasCaught()) {
    // This thread is being stopped (a worker that ends): so is the guest, or it would go on without a host.
    if (core.guest()) core.guest()->Terminate("the thread that owns the runtime is ending");
    return {true, value::Undefined(), 0};
  }
  v8::Local<v8::Value> thrown = catcher.Exception();
  catcher.Reset();
  return ThrownReply(core, thrown);
}

void ServeHostCall(RuntimeCore& core, HostCall call) {
  if (call.slot) {
    core.environment().serving().push_back({core.serial(), call.slot});
    // What the guest has said before comes before. A listener may call the guest, whose thread waits for this answer.
    core.WriteConsole();
    HostReply reply = CallHostFunction(core, call);
    core.environment().serving().pop_back();
    if (!call.slot->Answer(&reply)) core.crossing().Undo(reply.value.handles);
    return;
  }
  if (core.IsUnwanted(call.call_id)) {
    core.guest()->LetGoOf(call.arguments);
    return;
  }
  v8::TryCatch catcher(core.isolate());
  v8::Local<v8::Value> value;
  HostReply reply;
  if (Ask(core, call).ToLocal(&value)) {
    if (value->IsPromise() &&
        core.crossing().SettleWith(value.As<v8::Promise>(), call.promise_id, call.call_id, std::move(call.open))) {
      core.environment().NotePromise();
      return;
    }
    reply = ValueReply(core, value);
  } else {
    if (catcher.HasTerminated() || !catcher.HasCaught()) return;
    v8::Local<v8::Value> thrown = catcher.Exception();
    catcher.Reset();
    reply = ThrownReply(core, thrown);
  }
  core.SettleHostPromise(call.promise_id, std::move(reply));
}

}  // namespace isolet
