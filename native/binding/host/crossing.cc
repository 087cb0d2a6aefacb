#include "binding/host/crossing.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "binding/host/calls.h"
#include "binding/host/runtime_core.h"
#include "boundary/function_facts.h"
#include "boundary/web_objects.h"
#include "v8/private_ids.h"
#include "v8/strings.h"

namespace isolet {
namespace {

value::Failure Refused(value::Failure::Kind kind, const char* what) {
  value::Failure failure;
  failure.kind = kind;
  failure.what = what;
  return failure;
}

// Whether it says that it is an object of the web. May run a getter of the host's.
bool HasWebName(v8::Local<v8::Object> object) {
  constexpr const char* kNames[] = {"Headers", "Blob", "File", "FormData", "AbortSignal", "Request", "Response"};
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> name;
  if (!object->Get(isolate->GetCurrentContext(), v8::Symbol::GetToStringTag(isolate)).ToLocal(&name)) {
    if (catcher.HasTerminated()) catcher.ReThrow();
    return false;
  }
  return name->IsString() && std::any_of(std::begin(kNames), std::end(kNames), [&](const char* known) {
           return name.As<v8::String>()->StringEquals(Name(isolate, known));
         });
}

// A promise of the host, on its way to the guest: [environment, serial of the runtime, id of the promise, call that
// waits].
struct Ticket {
  Environment* environment;
  uint64_t serial;
  uint64_t promise;
  uint64_t call;
};

v8::MaybeLocal<v8::Value> Pack(RuntimeCore& core, uint64_t promise, uint64_t call) {
  v8::Isolate* isolate = core.isolate();
  v8::Local<v8::Value> parts[] = {
      v8::External::New(isolate, &core.environment()), v8::Number::New(isolate, static_cast<double>(core.serial())),
      v8::Number::New(isolate, static_cast<double>(promise)), v8::Number::New(isolate, static_cast<double>(call))};
  return v8::Array::New(isolate, parts, 4);
}

std::optional<Ticket> Unpack(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  v8::Local<v8::Array> parts = info.Data().As<v8::Array>();
  v8::Local<v8::Value> environment, serial, promise, call;
  if (!parts->Get(context, 0).ToLocal(&environment) || !parts->Get(context, 1).ToLocal(&serial) ||
      !parts->Get(context, 2).ToLocal(&promise) || !parts->Get(context, 3).ToLocal(&call)) {
    return std::nullopt;
  }
  return Ticket{static_cast<Environment*>(environment.As<v8::External>()->Value()),
                static_cast<uint64_t>(serial.As<v8::Number>()->Value()),
                static_cast<uint64_t>(promise.As<v8::Number>()->Value()),
                static_cast<uint64_t>(call.As<v8::Number>()->Value())};
}

void Bring(RuntimeCore& core, const Ticket& ticket, v8::Local<v8::Value> value, bool fulfilled) {
  if (!core.guest() || core.IsUnwanted(ticket.call)) return;
  HostReply reply = fulfilled ? ValueReply(core, value) : ThrownReply(core, value);
  core.SettleHostPromise(ticket.promise, std::move(reply));
}

// Copied in a later turn of the event loop: what hundreds of promises became at once may be gigabytes.
class LateReply final : public HostTask {
 public:
  LateReply(v8::Isolate* isolate, const Ticket& ticket, v8::Local<v8::Value> value, bool fulfilled)
      : ticket_(ticket), value_(isolate, value), fulfilled_(fulfilled) {}
  void Run(Environment& environment) override {
    std::shared_ptr<RuntimeCore> core = RuntimeCore::Find(environment, ticket_.serial);
    if (core) Bring(*core, ticket_, value_.Get(environment.isolate()), fulfilled_);
  }
  uint64_t runtime() const override { return ticket_.serial; }

 private:
  const Ticket ticket_;
  const v8::Global<v8::Value> value_;
  const bool fulfilled_;
};

// What was leaving before goes on after it.
class Answering {
 public:
  Answering(std::unique_ptr<OpenCall>* place, std::unique_ptr<OpenCall> open)
      : place_(place), before_(std::exchange(*place, std::move(open))) {}
  ~Answering() { *place_ = std::move(before_); }
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;

 private:
  std::unique_ptr<OpenCall>* const place_;
  std::unique_ptr<OpenCall> before_;
};

void Settled(const v8::FunctionCallbackInfo<v8::Value>& info, bool fulfilled) {
  std::optional<Ticket> ticket = Unpack(info);
  if (!ticket || ticket->environment->ending()) return;
  Environment& environment = *ticket->environment;
  std::shared_ptr<RuntimeCore> core = RuntimeCore::Find(environment, ticket->serial);
  if (!core) return;
  core->crossing().Settled(ticket->promise);
  v8::HandleScope scope(info.GetIsolate());
  if (environment.behind()) {
    environment.DeferReply(std::make_unique<LateReply>(info.GetIsolate(), *ticket, info[0], fulfilled));
    return;
  }
  Bring(*core, *ticket, info[0], fulfilled);
}

void OnFulfilled(const v8::FunctionCallbackInfo<v8::Value>& info) { Settled(info, true); }
void OnRejected(const v8::FunctionCallbackInfo<v8::Value>& info) { Settled(info, false); }

}  // namespace

value::EncodeOptions HostCrossing::Options(const char* root) const {
  value::EncodeOptions options;
  options.limits = core_.guest()->options().transfer;
  options.root = root;
  options.keep_stacks = false;
  return options;
}

value::Exporter::Answer HostCrossing::ExportFunction(v8::Local<v8::Function> function, const Place&) {
  v8::Local<v8::Value> arguments[] = {core_.owner(), function};
  v8::Local<v8::Value> answer;
  if (!core_.environment().CallHook(Environment::Hook::kExportFunction, 2, arguments).ToLocal(&answer)) {
    return value::Failure{};
  }
  return HandleOf(answer, function);
}

value::Exporter::Answer HostCrossing::ExportObject(v8::Local<v8::Object> object) {
  const GuestOptions& options = core_.guest()->options();
  // Such a guest gets neither: only what has the name of one is worth the question.
  if (options.streams.empty() && !options.web.on && !HasWebName(object)) return std::monostate{};
  v8::Local<v8::Value> arguments[] = {core_.owner(), object};
  v8::Local<v8::Value> answer;
  if (!core_.environment().CallHook(Environment::Hook::kExportObject, 2, arguments).ToLocal(&answer)) {
    return value::Failure{};
  }
  if (answer->IsObject() && !answer->IsArray()) return HandleOf(answer, {});
  return ReadExported(core_.environment().context(), answer);
}

bool HostCrossing::Gives(v8::Local<v8::ArrayBuffer> buffer) {
  Environment& environment = core_.environment();
  return environment.gave() && ReadPrivateId(environment.context(), buffer, PrivateId::kGivenAway).has_value();
}

value::Exporter::Answer HostCrossing::HandleOf(v8::Local<v8::Value> answer, v8::Local<v8::Function> function) {
  v8::Isolate* isolate = core_.isolate();
  v8::Local<v8::Context> context = core_.environment().context();
  const bool is_function = !function.IsEmpty();
  v8::Local<v8::Value> id, mode;
  if (!answer->IsObject() || !answer.As<v8::Object>()->Get(context, Name(isolate, "id")).ToLocal(&id) ||
      !answer.As<v8::Object>()->Get(context, Name(isolate, "mode")).ToLocal(&mode) || !id->IsNumber()) {
    return value::Failure{};
  }
  std::string text = Describe(isolate, mode, 16);
  if (text == "foreign") return Refused(value::Failure::Kind::kForeign, "The function belongs to another runtime");
  if (text == "released") return Refused(value::Failure::Kind::kReleased, "The function was released");
  value::Handle handle;
  handle.id = static_cast<uint64_t>(id.As<v8::Number>()->Value());
  if (text == "guest") {
    handle.kind = is_function ? value::HandleKind::kGuestFunction : value::HandleKind::kGuestStream;
  } else {
    handle.kind = is_function ? value::HandleKind::kHostFunction : value::HandleKind::kHostStream;
    if (is_function && !ReadFacts(context, function, &handle)) {
      core_.ReleaseExport(handle.id, 1);
      return value::Failure{};
    }
  }
  HostCallMode call_mode =
      text == "async" ? HostCallMode::kAsync : (text == "sync" ? HostCallMode::kSync : HostCallMode::kAuto);
  handle.flags = static_cast<uint32_t>(call_mode);
  return handle;
}

value::Exporter::Answer HostCrossing::ExportPromise(v8::Local<v8::Promise> promise) {
  uint64_t id = next_promise_++;
  v8::TryCatch catcher(core_.isolate());
  if (SettleWith(promise, id, 0, std::move(answering_))) return value::Handle{value::HandleKind::kHostPromise, 0, id};
  if (catcher.HasTerminated()) {
    catcher.ReThrow();
    return value::Failure{};
  }
  // `then` asks the promise for its constructor.
  return Refused(value::Failure::Kind::kUnsupported, "promise without a usable constructor");
}

bool HostCrossing::SettleWith(v8::Local<v8::Promise> promise, uint64_t promise_id, uint64_t call_id,
                              std::unique_ptr<OpenCall> open) {
  v8::Local<v8::Context> context = core_.environment().context();
  v8::Local<v8::Value> ticket;
  v8::Local<v8::Function> fulfilled, rejected;
  v8::Local<v8::Promise> derived;
  if (!Pack(core_, promise_id, call_id).ToLocal(&ticket) ||
      !v8::Function::New(context, OnFulfilled, ticket).ToLocal(&fulfilled) ||
      !v8::Function::New(context, OnRejected, ticket).ToLocal(&rejected) ||
      !promise->Then(context, fulfilled, rejected).ToLocal(&derived)) {
    return false;
  }
  if (open) {
    auto entry = std::make_unique<Open>();
    entry->call = std::move(open);
    entry->ticket.Reset(core_.isolate(), ticket);
    entry->crossing = this;
    entry->promise_id = promise_id;
    entry->ticket.SetWeak(entry.get(), OnCollected, v8::WeakCallbackType::kParameter);
    open_.emplace(promise_id, std::move(entry));
  }
  return true;
}

void HostCrossing::OnCollected(const v8::WeakCallbackInfo<Open>& info) {
  Open* entry = info.GetParameter();
  entry->ticket.Reset();
  entry->crossing->Settled(entry->promise_id);
}

void HostCrossing::Undo(const std::vector<value::Handle>& handles) {
  for (const value::Handle& handle : handles) {
    if (handle.kind == value::HandleKind::kHostFunction || handle.kind == value::HandleKind::kHostStream) {
      core_.ReleaseExport(handle.id, 1);
    }
  }
}

v8::MaybeLocal<v8::Value> HostCrossing::Import(const value::Handle& handle) {
  v8::Isolate* isolate = core_.isolate();
  v8::Local<v8::Value> owner = core_.owner();
  v8::Local<v8::Value> arguments[] = {owner, v8::Number::New(isolate, static_cast<double>(handle.id))};
  switch (handle.kind) {
    case value::HandleKind::kGuestFunction:
    case value::HandleKind::kGuestStream:
      if (owner->IsUndefined()) return v8::Undefined(isolate).As<v8::Value>();
      return core_.handles().Arrive(handle);
    case value::HandleKind::kHostFunction:
    case value::HandleKind::kHostStream:
      if (owner->IsUndefined()) return v8::Undefined(isolate).As<v8::Value>();
      return core_.environment().CallHook(Environment::Hook::kExportedFunction, 2, arguments);
    case value::HandleKind::kGuestPromise: {
      v8::Local<v8::Promise> promise;
      if (!core_.guest_promises().Arrive(handle.id).ToLocal(&promise)) return {};
      return promise;
    }
    case value::HandleKind::kHostError: {
      v8::Local<v8::Value> error = core_.errors().Find(isolate, handle.id);
      if (!error.IsEmpty()) return error;
      return v8::Exception::Error(Name(isolate, "A host error that is no longer remembered"));
    }
    default:
      isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "This value can't arrive here")));
      return {};
  }
}

v8::MaybeLocal<v8::Value> HostCrossing::Make(value::MadeKind kind, std::span<v8::Local<v8::Value>> parts) {
  v8::Isolate* isolate = core_.isolate();
  v8::Local<v8::Value> owner = core_.owner();
  if (owner->IsUndefined()) return v8::Undefined(isolate).As<v8::Value>();
  v8::Local<v8::Value> arguments[] = {owner, v8::Integer::New(isolate, static_cast<int>(kind)),
                                      v8::Array::New(isolate, parts.data(), parts.size())};
  return core_.environment().CallHook(Environment::Hook::kImportObject, 3, arguments);
}

std::variant<value::Message, value::Failure> HostCrossing::Leave(v8::Local<v8::Value> value, const char* root,
                                                                 std::unique_ptr<OpenCall> open) {
  Answering answering(&answering_, std::move(open));
  return value::Encode(core_.environment().context(), value, Options(root), *this);
}

std::variant<value::Message, value::Failure> HostCrossing::LeaveList(const v8::Local<v8::Value>* values, size_t count,
                                                                     const char* root,
                                                                     std::vector<v8::Local<v8::ArrayBuffer>> transfer) {
  Answering answering(&answering_, nullptr);
  value::EncodeOptions options = Options(root);
  options.transfer = std::move(transfer);
  return value::EncodeList(core_.environment().context(), values, count, options, *this);
}

value::KeptShapes* HostCrossing::Shapes() { return &core_.environment().shapes(); }

v8::MaybeLocal<v8::Value> HostCrossing::Arrive(value::Message& message) {
  v8::MaybeLocal<v8::Value> value = value::Decode(core_.environment().context(), message, *this, max_bytes_);
  if (value.IsEmpty()) core_.guest()->LetGoOf(message);
  return value;
}

bool HostCrossing::ArriveList(value::Message& message, value::Values* values) {
  if (value::DecodeList(core_.environment().context(), message, *this, values, max_bytes_)) return true;
  core_.guest()->LetGoOf(message);
  return false;
}

}  // namespace isolet
