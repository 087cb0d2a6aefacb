#include "boundary/host_functions.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "boundary/call_site.h"
#include "boundary/crossing.h"
#include "boundary/function_facts.h"
#include "boundary/promises.h"
#include "calls/current_call.h"
#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/host.h"
#include "calls/limits.h"
#include "calls/parts.h"
#include "calls/stats.h"
#include "lost/fatal_guard.h"
#include "threads/executor.h"
#include "v8/private_ids.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// Ids and modes travel in one number: exact as long as ids stay below 2^51.
constexpr uint64_t kModes = 4;

constexpr const char* kReleased = "The host function was released";

// Waits for the host on an engine thread. Nothing if the guest was stopped meanwhile.
std::optional<HostReply> WaitForHost(Parts& parts, HostCall call) {
  auto slot = std::make_shared<ReplySlot>();
  call.slot = slot;
  if (!parts.gate().SetWaiting(slot.get())) {
    parts.gate().SetWaiting(nullptr);
    return std::nullopt;
  }
  parts.host().PostHostCall(std::move(call));
  std::optional<HostReply> answer;
  for (;;) {
    // Not around the work that is offered: a thread that does not come back from it is no blocked one.
    auto next = [&slot] {
      Executor::BlockingRegion region;
      return slot->Wait();
    }();
    if (auto* reply = std::get_if<HostReply>(&next)) {
      answer = std::move(*reply);
      break;
    }
    if (std::holds_alternative<ReplySlot::Interrupted>(next)) break;
    parts.gate().SetWaiting(nullptr);
    {
      IsolateLock lock(parts);
      std::get<ReplySlot::Job>(next)(lock);
    }
    // A stop that came while the job ran is seen by Wait: SetWaiting says so.
    if (!parts.gate().SetWaiting(slot.get())) slot->Interrupt();
  }
  slot->Close();
  parts.gate().SetWaiting(nullptr);
  return answer;
}

}  // namespace

std::optional<HostReply> AskHost(Parts& parts, HostCall call) {
  std::optional<HostReply> reply =
      parts.host().OnHostThread() ? parts.host().CallHere(std::move(call)) : WaitForHost(parts, std::move(call));
  parts.gate().Reassert();
  return reply;
}

v8::MaybeLocal<v8::Function> HostFunctions::Import(v8::Local<v8::Context> context, const value::Handle& handle) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto found = entries_.find(handle.id);
  if (found != entries_.end()) {
    ++found->second->arrivals;
    return found->second->function.Get(isolate);
  }
  v8::Local<v8::Number> data =
      v8::Number::New(isolate, static_cast<double>(handle.id * kModes + (handle.flags % kModes)));
  v8::Local<v8::Function> function;
  v8::Local<v8::Object> prototype;
  if (!Prototype(context).ToLocal(&prototype) || !MakeFunction(context, Invoke, data, handle).ToLocal(&function) ||
      SetPrototypeOf(context, function, prototype).IsNothing()) {
    return {};
  }
  WritePrivateId(context, function, PrivateId::kHostFunction, handle.id * kModes + (handle.flags % kModes));
  auto entry = std::make_unique<Entry>();
  entry->function.Reset(isolate, function);
  entry->table = this;
  entry->id = handle.id;
  entry->arrivals = 1;
  entry->function.SetWeak(entry.get(), OnCollected, v8::WeakCallbackType::kParameter);
  entries_.emplace(handle.id, std::move(entry));
  arrived_.fetch_add(1, std::memory_order_relaxed);
  return function;
}

v8::MaybeLocal<v8::Object> HostFunctions::Prototype(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (!prototype_.IsEmpty()) return prototype_.Get(isolate);
  v8::Local<v8::Function> release;
  if (!v8::Function::New(context, Release, {}, 0, v8::ConstructorBehavior::kThrow).ToLocal(&release)) return {};
  release->SetName(Name(isolate, "release"));
  // Function.prototype, whatever the guest has made of the names.
  v8::Local<v8::Object> prototype = v8::Object::New(isolate);
  if (SetPrototypeOf(context, prototype, PrototypeOf(release)).IsNothing()) return {};
  if (prototype->DefineOwnProperty(context, Name(isolate, "release"), release, v8::DontEnum).IsNothing()) return {};
  v8::Local<v8::Symbol> dispose = DisposeSymbol(isolate);
  if (!dispose.IsEmpty() && prototype->DefineOwnProperty(context, dispose, release, v8::DontEnum).IsNothing())
    return {};
  prototype_.Reset(isolate, prototype);
  return prototype;
}

std::optional<value::Exporter::Answer> HostFunctions::Export(v8::Local<v8::Context> context,
                                                             v8::Local<v8::Function> function) const {
  std::optional<uint64_t> id = ReadPrivateId(context, function, PrivateId::kHostFunction);
  if (!id) return std::nullopt;
  if (!entries_.contains(*id / kModes)) {
    value::Failure failure;
    failure.kind = value::Failure::Kind::kReleased;
    failure.what = kReleased;
    return failure;
  }
  return value::Handle{value::HandleKind::kHostFunction, static_cast<uint32_t>(*id % kModes), *id / kModes};
}

void HostFunctions::Release(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || parts->gate().stopping()) return;
  v8::Local<v8::Object> function = info.This();
  std::optional<uint64_t> id = ReadPrivateId(isolate->GetCurrentContext(), function, PrivateId::kHostFunction);
  if (!id) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "Only a function of the host can be released")));
    return;
  }
  auto& entries = parts->host_functions().entries_;
  auto found = entries.find(*id / kModes);
  // Once is enough; the host may have sent it again since.
  if (found == entries.end() || found->second->function != function) return;
  const uint64_t arrivals = found->second->arrivals;
  entries.erase(found);
  parts->host().ExportReleased(*id / kModes, arrivals);
}

void HostFunctions::CollectDropped(const IsolateLock& lock) {
  requested_.store(false);
  FatalGuard::Scope fatal(parts_.losable());
  if (pace_.Collect(lock.isolate())) arrived_.store(0, std::memory_order_relaxed);
}

void HostFunctions::Clear() {
  entries_.clear();
  prototype_.Reset();
}

void HostFunctions::OnCollected(const v8::WeakCallbackInfo<Entry>& info) {
  Entry* entry = info.GetParameter();
  HostFunctions* table = entry->table;
  uint64_t id = entry->id, arrivals = entry->arrivals;
  entry->function.Reset();
  table->entries_.erase(id);
  table->parts_.host().ExportReleased(id, arrivals);
}

std::unique_ptr<OpenCall> HostFunctions::Open(HostCallMode mode, size_t bytes) const {
  const OpenCalls& open = mode == HostCallMode::kAsync ? async_ : auto_;
  size_t calls = open.calls->load(std::memory_order_relaxed);
  if (mode == HostCallMode::kAsync) calls = std::max(calls, parts_.promises().active());
  const char* refusal = nullptr;
  if (calls >= kMaxHostCallsInFlight) {
    refusal = "Too many host calls in flight";
  } else if (!MayWait(*open.bytes, bytes, parts_.options().max_open_host_call_bytes)) {
    refusal = "Too many bytes of host calls in flight";
  }
  if (refusal == nullptr) return std::make_unique<OpenCall>(open.calls, open.bytes, bytes);
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  isolate->ThrowException(v8::Exception::RangeError(Name(isolate, refusal)));
  return nullptr;
}

void HostFunctions::Invoke(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  // While a snapshot is being made there is no host behind the functions.
  if (parts == nullptr || parts->gate().stopping()) return;
  v8::HandleScope scope(isolate);
  auto packed = static_cast<uint64_t>(info.Data().As<v8::Number>()->Value());
  HostFunctions& functions = parts->host_functions();
  if (!functions.entries_.contains(packed / kModes)) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, kReleased)));
    return;
  }
  std::vector<v8::Local<v8::Value>> arguments;
  arguments.reserve(info.Length());
  for (int i = 0; i < info.Length(); ++i) arguments.push_back(info[i]);
  v8::Local<v8::Value> value;
  if (functions
          .Call(isolate->GetCurrentContext(), packed / kModes, static_cast<HostCallMode>(packed % kModes),
                arguments.data(), arguments.size())
          .ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

v8::MaybeLocal<v8::Value> HostFunctions::Call(v8::Local<v8::Context> context, uint64_t id, HostCallMode mode,
                                              v8::Local<v8::Value>* arguments, size_t count) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto left = LeaveList(parts_, context, arguments, count, "arguments");
  if (auto* failure = std::get_if<value::Failure>(&left)) {
    if (failure->kind != value::Failure::Kind::kThrew) ThrowFailure(isolate, *failure);
    return {};
  }

  HostCall call;
  call.function_id = id;
  call.mode = mode;
  call.call_id = CurrentCallId(context);
  call.arguments = std::move(std::get<value::Message>(left));

  auto& calls = mode == HostCallMode::kAsync ? parts_.stats().host_calls_async : parts_.stats().host_calls;
  calls.fetch_add(1, std::memory_order_relaxed);
  if (mode != HostCallMode::kSync) {
    call.open = Open(mode, call.arguments.ByteSize());
    if (!call.open) {
      DropMessage(parts_, call.arguments);
      return {};
    }
  }

  if (mode == HostCallMode::kAsync) {
    call.promise_id = parts_.promises().NextCallPromiseId();
    v8::Local<v8::Promise> promise;
    if (!parts_.promises().ImportHostPromise(context, call.promise_id, call.call_id).ToLocal(&promise)) return {};
    parts_.host().PostHostCall(std::move(call));
    return promise;
  }

  std::optional<HostReply> reply = AskHost(parts_, std::move(call));
  if (!reply || parts_.gate().stopping()) return {};
  if (reply->threw) {
    v8::Local<v8::Value> error;
    if (!ArriveError(parts_, context, *reply).ToLocal(&error)) return {};
    GiveCallSite(parts_, context, error);
    if (!parts_.gate().stopping()) isolate->ThrowException(error);
    return {};
  }
  return Arrive(parts_, context, reply->value);
}

}  // namespace isolet
