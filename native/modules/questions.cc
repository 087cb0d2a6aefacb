// How ModuleLoader asks the host and takes its answers.
#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "boundary/crossing.h"
#include "boundary/host_functions.h"
#include "boundary/module_failure.h"
#include "boundary/promises.h"
#include "calls/current_call.h"
#include "calls/gate.h"
#include "calls/host.h"
#include "calls/parts.h"
#include "entry/frame.h"
#include "modules/loader.h"
#include "modules/modules.h"
#include "modules/names.h"
#include "v8/strings.h"

namespace isolet {
namespace {

constexpr size_t kMaxWaiting = 1024;  // questions the host has not answered

v8::Local<v8::Value> TextOrNull(v8::Isolate* isolate, const std::string& text) {
  v8::Local<v8::String> string;
  if (text.empty() || !FromUtf8(isolate, text).ToLocal(&string)) return v8::Null(isolate);
  return string;
}

v8::Local<v8::String> TextOf(const std::string& text) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::String> string;
  return FromUtf8(isolate, text).ToLocal(&string) ? string : v8::String::Empty(isolate);
}

// What the host threw, in words: a copy that no guest code has seen.
std::string WhyFailed(v8::Local<v8::Context> context, const char* hook, v8::Local<v8::Value> thrown) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  const std::string the = std::string("the ") + hook;
  v8::Local<v8::Value> message;
  if (!thrown->IsNativeError()) return the + " threw " + Describe(isolate, thrown, 2000) + ", which is no Error";
  if (!thrown.As<v8::Object>()->GetRealNamedProperty(context, Name(isolate, "message")).ToLocal(&message) ||
      !message->IsString() || message.As<v8::String>()->Length() == 0) {
    return the + " threw an Error without a message";
  }
  return the + " failed: " + ToUtf8(isolate, message.As<v8::String>(), 2000);
}

}  // namespace

// As lib/runtime/modules.ts reads it. `sync`: what can't wait for a promise, null if it can.
std::variant<value::Message, value::Failure> ModuleLoader::Write(v8::Local<v8::Context> context,
                                                                 const ModuleRequest& request, const ModuleEntry* entry,
                                                                 const char* sync) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> arguments[] = {
      Name(isolate, entry != nullptr ? "load" : "resolve"),
      TextOrNull(isolate, entry != nullptr ? entry->url : request.specifier),
      TextOrNull(isolate, request.referrer),
      TextOrNull(isolate, request.type),
      v8::Boolean::New(isolate, request.is_entry),
      sync != nullptr ? Name(isolate, sync).As<v8::Value>() : v8::Null(isolate).As<v8::Value>(),
  };
  return LeaveList(parts_, context, arguments, std::size(arguments), "arguments");
}

void ModuleLoader::Ask(v8::Local<v8::Context> context, Question question) {
  Job* job = FindJob(question.step.job);
  bool sync = job != nullptr && job->sync;
  // Says what the host threw in the words of a module error.
  const char* hook = question.entry ? "loader" : "resolver";
  question.take = [this, hook, request = question.step.request, take = std::move(question.take)](
                      v8::Local<v8::Context> context, v8::Local<v8::Value> answer, v8::Local<v8::Value> thrown) {
    if (!thrown.IsEmpty()) thrown = Failed(context, *request, false, WhyFailed(context, hook, thrown), thrown);
    take(context, answer, thrown);
  };
  if (sync || waiting_.size() < kMaxWaiting) {
    Put(context, std::move(question), sync);
  } else if (std::ranges::any_of(waiting_, [this](const auto& one) { return IsWanted(one.second); })) {
    questions_.push_back(std::move(question));
  } else {
    // Calls that were stopped have left them, and nothing says that there will be an answer to any.
    question.take(context, {}, v8::Exception::Error(TextOf("earlier questions have no answer yet")));
  }
}

// Somebody still waits for the answer.
bool ModuleLoader::IsWanted(const Question& question) {
  RemoveGone(&question.jobs());
  return !question.jobs().empty();
}

void ModuleLoader::Put(v8::Local<v8::Context> context, Question question, bool sync) {
  Job* job = FindJob(question.step.job);
  auto left = Write(context, *question.step.request, question.entry.get(), sync ? "evalModule" : nullptr);
  auto* message = std::get_if<value::Message>(&left);
  if (message == nullptr) {
    question.take(context, {}, v8::Exception::RangeError(TextOf(FailureText(std::get<value::Failure>(left)))));
    return;
  }
  HostCall call;
  call.function_id = kModuleHostFunction;
  call.call_id = job != nullptr ? job->call_id : 0;
  call.arguments = std::move(*message);
  const uint64_t promise_id = parts_.promises().NextCallPromiseId();
  question.call_id = call.call_id;
  waiting_.emplace(promise_id, std::move(question));
  if (!sync) {
    call.promise_id = promise_id;
    call.mode = HostCallMode::kAsync;
    parts_.host().PostHostCall(std::move(call));
    return;
  }
  call.promise_id = 0;
  call.mode = HostCallMode::kSync;
  std::optional<HostReply> reply = AskHost(parts_, std::move(call));
  if (!reply || parts_.gate().stopping()) {
    waiting_.erase(promise_id);
    return;
  }
  // Whoever asked goes on with the steps that this brings: not here, or a graph would nest as deep as it is large.
  TakeAnswer(context, promise_id, std::move(*reply));
}

// The host has room for more.
void ModuleLoader::PutWaiting(v8::Local<v8::Context> context) {
  while (!questions_.empty() && waiting_.size() < kMaxWaiting && !parts_.gate().stopping()) {
    Question question = std::move(questions_.front());
    questions_.pop_front();
    if (IsWanted(question)) Put(context, std::move(question), false);
  }
}

std::optional<std::string> ModuleLoader::ResolveNow(v8::Local<v8::Context> context, const ModuleRequest& request) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  std::string url;
  if (AsksResolver(request)) {
    auto left = Write(context, request, nullptr, "import.meta.resolve");
    if (auto* failure = std::get_if<value::Failure>(&left)) {
      if (failure->kind != value::Failure::Kind::kThrew) ThrowFailure(isolate, *failure);
      return std::nullopt;
    }
    HostCall call;
    call.function_id = kModuleHostFunction;
    call.call_id = CurrentCallId(context);
    call.arguments = std::move(std::get<value::Message>(left));
    call.mode = HostCallMode::kSync;
    std::optional<HostReply> reply = AskHost(parts_, std::move(call));
    v8::Local<v8::Value> answer;
    bool threw = false;
    if (!reply || parts_.gate().stopping()) return std::nullopt;
    if (!ArriveReply(parts_, context, *reply, &threw).ToLocal(&answer)) return std::nullopt;
    if (threw) {
      isolate->ThrowException(Failed(context, request, false, WhyFailed(context, "resolver", answer), answer));
      return std::nullopt;
    }
    if (answer->IsString()) url = ToUtf8(isolate, answer.As<v8::String>(), kMaxSpecifier);
  }
  const bool named = url.empty() && !IsRelative(request.specifier) && !HasScheme(request.specifier);
  url = url.empty() ? UrlByRules(request) : ModuleUrl(url);
  // As a bare name without a mapping is refused in browsers and an unknown package in Node; anything else is a URL,
  // whether there is something or not.
  if (named && !modules_.sources().Find(url)) {
    isolate->ThrowException(Failed(context, request, true, NothingAt(request, url), {}));
    return std::nullopt;
  }
  return url;
}

uint64_t ModuleLoader::CallOf(uint64_t promise_id) const {
  auto found = waiting_.find(promise_id);
  return found == waiting_.end() ? 0 : found->second.call_id;
}

void ModuleLoader::Settle(v8::Local<v8::Context> context, uint64_t promise_id, HostReply reply) {
  TakeAnswer(context, promise_id, std::move(reply));
  PutWaiting(context);
  Pump(context);
}

void ModuleLoader::TakeAnswer(v8::Local<v8::Context> context, uint64_t promise_id, HostReply reply) {
  auto found = waiting_.find(promise_id);
  if (found == waiting_.end()) {
    parts_.host().GiveBackOf(reply.value);
    return;
  }
  Take take = std::move(found->second.take);
  waiting_.erase(found);
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> value;
  bool threw = false;
  if (!ArriveReply(parts_, context, reply, &threw).ToLocal(&value)) return;
  v8::Local<v8::Value> none;
  if (threw) {
    take(context, none, value);
  } else {
    take(context, value, none);
  }
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
