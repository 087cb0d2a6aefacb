// How ModuleLoader asks the host and takes its answers.
#include <optional>
#include <utility>
#include <variant>

#include "engine/crossing.h"
#include "engine/guest.h"
#include "engine/module_failure.h"
#include "engine/module_loader.h"
#include "engine/modules.h"
#include "engine/strings.h"

namespace isolet {
namespace {

constexpr size_t kMaxWaiting = 1024;  // questions the host has not answered

v8::Local<v8::Value> TextOrNull(v8::Isolate* isolate, const std::string& text) {
  v8::Local<v8::String> string;
  if (text.empty() || !FromUtf8(isolate, text).ToLocal(&string)) return v8::Null(isolate);
  return string;
}

// The text of what the host threw: a copy that no guest code has seen.
std::string MessageOf(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> message;
  if (thrown->IsNativeError() &&
      thrown.As<v8::Object>()->GetRealNamedProperty(context, Name(isolate, "message")).ToLocal(&message) &&
      message->IsString()) {
    return ToUtf8(isolate, message.As<v8::String>(), 2000);
  }
  return Describe(isolate, thrown, 2000);
}

}  // namespace

void ModuleLoader::Ask(v8::Local<v8::Context> context, const Step& step, Question question, const std::string& subject,
                       Take take) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const ModuleRequest& request = *step.request;
  Job* job = FindJob(step.job);
  bool sync = job != nullptr && job->sync;
  uint64_t call_id = job != nullptr ? job->call_id : 0;
  v8::Local<v8::Value> arguments[] = {
      Name(isolate, question == Question::kResolve ? "resolve" : "load"),
      TextOrNull(isolate, subject),
      TextOrNull(isolate, request.referrer),
      TextOrNull(isolate, request.type),
      v8::Boolean::New(isolate, request.is_entry),
      v8::Boolean::New(isolate, sync),
  };
  std::string doing = question == Question::kResolve ? "the resolver failed: " : "";
  auto left = LeaveList(guest_, context, arguments, std::size(arguments), "arguments");
  auto* message = std::get_if<value::Message>(&left);
  if (message == nullptr || waiting_.size() >= kMaxWaiting) {
    if (message != nullptr) DropMessage(guest_, *message);
    take(context, {}, Failed(context, request, false, "the host is asked for too many modules at once", {}));
    return;
  }
  // Says what the host threw in the words of a module error.
  Take whole = [this, doing, request = step.request, take = std::move(take)](
                   v8::Local<v8::Context> context, v8::Local<v8::Value> answer, v8::Local<v8::Value> thrown) {
    if (!thrown.IsEmpty()) {
      thrown = Failed(context, *request, false, doing + MessageOf(context, thrown), thrown);
    }
    take(context, answer, thrown);
  };
  HostCall call;
  call.function_id = kModuleHostFunction;
  call.call_id = call_id;
  call.arguments = std::move(*message);
  call.promise_id = guest_.promises().NextCallPromiseId();
  uint64_t promise_id = call.promise_id;
  waiting_[promise_id] = {call_id, std::move(whole)};
  if (!sync) {
    call.mode = HostCallMode::kAsync;
    guest_.host().PostHostCall(std::move(call));
    return;
  }
  call.promise_id = 0;
  call.mode = HostCallMode::kSync;
  std::optional<HostReply> reply = AskHost(guest_, std::move(call));
  if (!reply || guest_.gate().stopping()) {
    waiting_.erase(promise_id);
    return;
  }
  Settle(context, promise_id, std::move(*reply));
}

uint64_t ModuleLoader::CallOf(uint64_t promise_id) const {
  auto found = waiting_.find(promise_id);
  return found == waiting_.end() ? 0 : found->second.call_id;
}

void ModuleLoader::Settle(v8::Local<v8::Context> context, uint64_t promise_id, HostReply reply) {
  auto found = waiting_.find(promise_id);
  if (found == waiting_.end()) {
    DropArrival(guest_, reply.value);
    return;
  }
  Take take = std::move(found->second.take);
  waiting_.erase(found);
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> value;
  bool threw = false;
  if (!ArriveReply(guest_, context, reply, &threw).ToLocal(&value)) return;
  v8::Local<v8::Value> none;
  if (threw) {
    take(context, none, value);
  } else {
    take(context, value, none);
  }
  take = nullptr;  // lets go of its Try
  Pump(context);
}

v8::Local<v8::Value> ModuleLoader::Failed(v8::Local<v8::Context> context, const ModuleRequest& request, bool not_found,
                                          const std::string& why, v8::Local<v8::Value> cause) {
  ModuleFailure failure;
  failure.not_found = not_found;
  failure.specifier = request.specifier;
  failure.referrer = request.referrer;
  failure.message = (not_found ? "Cannot find module '" : "Loading module '") + request.specifier + "'";
  if (!request.referrer.empty()) failure.message += " imported from " + request.referrer;
  failure.message += (not_found ? ": " : " failed: ") + why;
  return NewModuleError(context, failure, cause);
}

}  // namespace isolet
