#include "binding/host/runtime_core.h"

#include <algorithm>
#include <utility>

#include "binding/host/records.h"
#include "guest/guest.h"
#include "value/primitive.h"

namespace isolet {
namespace {

// More calls than are stopped behind one long queue: an older one's host calls would only be made for nothing.
constexpr size_t kMostAnsweredEarly = 64;

// A guest's object with a guest's `then` must not become the value of a host promise: resolving with it would run the
// guest on the event loop without a limit.
bool IsThenable(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
  if (!value->IsObject() || value->IsPromise()) return false;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> then;
  v8::Local<v8::String> name = v8::String::NewFromUtf8Literal(isolate, "then");
  v8::TryCatch catcher(isolate);
  return !value.As<v8::Object>()->Get(context, name).ToLocal(&then) || then->IsFunction();
}

}  // namespace

RuntimeCore::RuntimeCore(Environment& environment, uint64_t serial, v8::Local<v8::Object> owner)
    : HostedRuntime(environment, serial),
      owner_(environment.isolate(), owner),
      crossing_(*this),
      guest_promises_(*this),
      handles_(*this) {
  owner_.SetWeak();
}

RuntimeCore::~RuntimeCore() {
  if (guest_) guest_->Close();
}

void RuntimeCore::Close() {
  if (guest_) guest_->Close();
}

void RuntimeCore::Terminate(const char* reason) {
  if (guest_) guest_->Terminate(reason);
}

bool RuntimeCore::guest_gone() const { return !guest_ || guest_->gone(); }

bool RuntimeCore::OnThisStack() const {
  const Guest* here = guest_ ? guest_->in_place() : nullptr;
  return here != nullptr && here->HasTurn();
}

void RuntimeCore::KeepAwaited(v8::Isolate* isolate) { guest_promises_.KeepAwaited(isolate); }

void RuntimeCore::CollectIfWorth(size_t functions) {
  if (guest_ && guest_->functions_arrived() >= functions) guest_->RequestCollection();
}

v8::Local<v8::Value> RuntimeCore::owner() const {
  if (owner_.IsEmpty()) return v8::Undefined(isolate());
  return owner_.Get(isolate());
}

void RuntimeCore::KeepOwner() {
  if (owner_holds_++ == 0 && !owner_.IsEmpty()) owner_.ClearWeak();
}

void RuntimeCore::DropOwner() {
  if (owner_holds_ > 0 && --owner_holds_ == 0 && !owner_.IsEmpty()) owner_.SetWeak();
}

void RuntimeCore::ExpectCall() {
  ++calls_;
  environment().BeginWork();
  KeepOwner();
}

void RuntimeCore::SettleCallEarly(uint64_t id, Stop stop) {
  SettleCall(id, std::move(stop));
  answered_early_.push_back(id);
  if (answered_early_.size() > kMostAnsweredEarly) answered_early_.pop_front();
}

bool RuntimeCore::IsUnwanted(uint64_t call_id) const {
  if (answered_early_.empty()) return false;
  return std::ranges::find(answered_early_, call_id) != answered_early_.end() || guest_->stopped_for_good();
}

void RuntimeCore::SettleCall(uint64_t id, Outcome outcome) {
  if (calls_ == 0) {
    guest_->LetGoOf(outcome);
    return;
  }
  --calls_;
  environment().EndWork();
  v8::Local<v8::Value> value, error;
  const bool has_one = ValueOrError(std::move(outcome), &value, &error);
  v8::Local<v8::Value> call = v8::Number::New(isolate(), static_cast<double>(id));
  if (has_one && error.IsEmpty()) {
    if (answered_++ == 0) environment().NoteSettled(serial());
    settled_.push_back(call);
    settled_.push_back(value);
    return;
  }
  TellSettled(false);
  v8::Local<v8::Value> owner = this->owner();
  if (has_one && !owner->IsUndefined()) {
    v8::TryCatch catcher(isolate());
    v8::Local<v8::Value> arguments[] = {owner, call, error};
    (void)environment().CallHook(Environment::Hook::kCallFailed, 3, arguments).IsEmpty();
  }
  DropOwner();
}

void RuntimeCore::SettleGuestPromise(uint64_t id, Outcome outcome) {
  v8::Local<v8::Promise::Resolver> resolver = guest_promises_.Take(id);
  if (resolver.IsEmpty()) {
    guest_->LetGoOf(outcome);
    return;
  }
  v8::Local<v8::Context> context = environment().context();
  v8::Local<v8::Value> value, error;
  if (!ValueOrError(std::move(outcome), &value, &error)) return;
  if ((error.IsEmpty() ? resolver->Resolve(context, value) : resolver->Reject(context, error)).IsNothing()) return;
}

void RuntimeCore::FailGuestPromises() {
  guest_promises_.FailSome();
  if (gone_ && !guest_promises_.failing()) Finish();
}

bool RuntimeCore::ValueOrError(Outcome outcome, v8::Local<v8::Value>* value, v8::Local<v8::Value>* error) {
  v8::TryCatch catcher(isolate());
  bool crossed = ValueOf(std::move(outcome)).ToLocal(value);
  if (crossed && IsThenable(environment().context(), *value)) {
    value::Failure failure;
    failure.kind = value::Failure::Kind::kUnsupported;
    failure.what = "A thenable can't be the result of an asynchronous call";
    failure.path = "result";
    crossed = ValueOf(std::move(failure)).ToLocal(value);
  }
  if (crossed) return true;
  if (!catcher.HasCaught() || catcher.HasTerminated()) return false;
  *error = catcher.Exception();
  return true;
}

void RuntimeCore::TellSettled(bool over) {
  if (settled_.empty() && !(over && answered_ > 0)) return;
  // Told is JavaScript, which may get here again.
  std::vector<v8::Local<v8::Value>> settled = std::exchange(settled_, {});
  v8::Local<v8::Value> owner = this->owner();
  if (!owner->IsUndefined()) {
    v8::TryCatch catcher(isolate());
    v8::Local<v8::Value> answers = v8::Array::New(isolate(), settled.data(), settled.size());
    v8::Local<v8::Value> arguments[] = {owner, answers, v8::Boolean::New(isolate(), over)};
    // It throws nothing; what is left is an environment that ends.
    (void)environment().CallHook(Environment::Hook::kCallsSettled, 3, arguments).IsEmpty();
  }
  if (!over) return;
  for (; answered_ > 0; --answered_) DropOwner();
}

v8::MaybeLocal<v8::Value> RuntimeCore::ValueOf(Outcome outcome) {
  if (environment().ending()) return {};
  if (auto* primitive = std::get_if<value::Primitive>(&outcome)) return value::FromPrimitive(isolate(), *primitive);
  if (auto* message = std::get_if<value::Message>(&outcome)) return crossing_.Arrive(*message);
  v8::Local<v8::Value> record, error;
  if (!MakeRecord(*this, std::move(outcome)).ToLocal(&record)) return {};
  v8::Local<v8::Value> arguments[] = {record, owner()};
  if (!environment().CallHook(Environment::Hook::kCreateError, 2, arguments).ToLocal(&error)) return {};
  isolate()->ThrowException(error);
  return {};
}

void RuntimeCore::ReleaseExport(uint64_t id, uint64_t count) {
  environment().collections().NoteReturned(count);
  v8::Local<v8::Value> owner = this->owner();
  if (owner->IsUndefined()) return;
  v8::TryCatch catcher(isolate());
  v8::Local<v8::Value> arguments[] = {owner, v8::Number::New(isolate(), static_cast<double>(id)),
                                      v8::Number::New(isolate(), static_cast<double>(count))};
  if (environment().CallHook(Environment::Hook::kReleaseExport, 3, arguments).IsEmpty()) return;
}

bool RuntimeCore::WriteLine() {
  std::optional<ConsoleItem> item;
  if (guest_) item = guest_->NextLine();
  if (!item) return false;
  v8::HandleScope scope(isolate());
  v8::TryCatch catcher(isolate());
  Tell(MakeConsoleEvent(*this, *std::move(item)));
  return !catcher.HasTerminated();
}

void RuntimeCore::WriteConsole() {
  if (environment().ending()) return;
  while (WriteLine()) continue;
}

void RuntimeCore::Tell(v8::MaybeLocal<v8::Value> maybe) {
  v8::Local<v8::Value> record;
  v8::Local<v8::Value> owner = this->owner();
  if (!maybe.ToLocal(&record) || owner->IsUndefined()) return;
  v8::Local<v8::Value> arguments[] = {owner, record};
  // lib/ lets nothing escape from a listener; what is left is an environment that ends.
  if (environment().CallHook(Environment::Hook::kEvent, 2, arguments).IsEmpty()) return;
}

void RuntimeCore::Emit(GuestEvent event) {
  if (std::holds_alternative<ConsoleNews>(event)) {
    (void)WriteLine();
    return;
  }
  if (std::holds_alternative<Ended>(event)) {
    ended_ = true;
    while (untaken_ > 0) HostPromiseTaken();
  }
  v8::TryCatch catcher(isolate());
  Tell(MakeEvent(*this, std::move(event)));
}

void RuntimeCore::HandleCollected() {
  collected_ = true;
  if (guest_) guest_->Close();
  if (gone_ || !guest_) environment().Remove(serial());
}

v8::MaybeLocal<v8::Promise> RuntimeCore::WhenGone() {
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(environment().context()).ToLocal(&resolver)) return {};
  if (gone_ || !guest_) {
    if (resolver->Resolve(environment().context(), v8::Undefined(isolate())).IsNothing()) return {};
  } else {
    environment().BeginWork();
    when_gone_.emplace_back(isolate(), resolver);
  }
  return resolver->GetPromise();
}

void RuntimeCore::SettleHostPromise(uint64_t id, HostReply reply) {
  if (gone_ || !guest_) return;
  environment().LookAround();
  if (!ended_) {
    ++untaken_;
    errors_.Sent(reply.host_error);
    environment().BeginWork();
  }
  guest_->SettleHostPromise(id, std::move(reply));
}

void RuntimeCore::HostPromiseTaken() {
  if (untaken_ == 0) return;
  --untaken_;
  errors_.Taken();
  environment().EndWork();
}

void RuntimeCore::IsolateGone() {
  gone_ = true;
  while (untaken_ > 0) HostPromiseTaken();
  // Promises of the guest that never settled: there is nobody who could settle them.
  guest_promises_.FailAll(guest_->final_stop().value_or(Stop{StopReason::kClosed, 0, 0, Phase::kPending, ""}));
  if (!guest_promises_.failing()) Finish();
}

void RuntimeCore::Finish() {
  for (v8::Global<v8::Promise::Resolver>& waiting : std::exchange(when_gone_, {})) {
    environment().EndWork();
    if (waiting.Get(isolate())->Resolve(environment().context(), v8::Undefined(isolate())).IsNothing()) break;
  }
  if (collected_) environment().Remove(serial());
}

}  // namespace isolet
