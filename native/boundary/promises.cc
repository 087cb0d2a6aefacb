#include "boundary/promises.h"

#include <utility>

#include "boundary/answer.h"
#include "boundary/call_site.h"
#include "boundary/crossing.h"
#include "boundary/guest_error.h"
#include "boundary/held_handles.h"
#include "boundary/rejections.h"
#include "boundary/settlement.h"
#include "calls/gate.h"
#include "calls/host.h"
#include "calls/parts.h"
#include "calls/table.h"
#include "calls/ties.h"
#include "memory_use/budget.h"
#include "v8/strings.h"

namespace isolet {
namespace {

uint64_t IdOf(const v8::FunctionCallbackInfo<v8::Value>& info) {
  return static_cast<uint64_t>(info.Data().As<v8::Number>()->Value());
}

}  // namespace

v8::MaybeLocal<v8::Promise> Promises::ImportHostPromise(v8::Local<v8::Context> context, uint64_t id, uint64_t call_id) {
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  Pending& pending = pending_[id];
  pending.resolver.Reset(v8::Isolate::GetCurrent(), resolver);
  pending.call_id = call_id;
  pending.tie = CallTie(parts_.call_ties(), call_id);
  active_.store(pending_.size(), std::memory_order_relaxed);
  NoteCallSite(context, resolver->GetPromise());
  return resolver->GetPromise();
}

void Promises::SettleHostPromise(const IsolateLock& lock, uint64_t id, HostReply reply) {
  auto found = pending_.find(id);
  if (found == pending_.end()) {
    parts_.host().GiveBackOf(reply.value);
    return;
  }
  v8::Isolate* isolate = lock.isolate();
  v8::Local<v8::Context> context = lock.context();
  v8::Local<v8::Promise::Resolver> resolver = found->second.resolver.Get(isolate);
  pending_.erase(found);
  active_.store(pending_.size(), std::memory_order_relaxed);

  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> value;
  bool threw = false;
  if (!ArriveReply(parts_, context, reply, &threw).ToLocal(&value)) return;
  if (threw) GiveCallSite(parts_, context, value, resolver->GetPromise());
  if (parts_.gate().stopping()) return;
  // Fails only when the isolate is terminating: then the frame ends anyway.
  if ((threw ? resolver->Reject(context, value) : resolver->Resolve(context, value)).IsNothing()) {
    return;
  }
}

uint64_t Promises::CallOf(uint64_t id) const {
  auto found = pending_.find(id);
  return found == pending_.end() ? 0 : found->second.call_id;
}

bool Promises::React(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise, uint64_t id,
                     v8::FunctionCallback fulfilled, v8::FunctionCallback rejected) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> data = v8::Number::New(isolate, static_cast<double>(id));
  v8::Local<v8::Function> on_fulfilled, on_rejected;
  v8::Local<v8::Promise> derived;
  return v8::Function::New(context, fulfilled, data, 1, v8::ConstructorBehavior::kThrow).ToLocal(&on_fulfilled) &&
         v8::Function::New(context, rejected, data, 1, v8::ConstructorBehavior::kThrow).ToLocal(&on_rejected) &&
         promise->Then(context, on_fulfilled, on_rejected).ToLocal(&derived);
}

std::variant<uint64_t, value::Failure> Promises::ExportGuestPromise(v8::Local<v8::Context> context,
                                                                    v8::Local<v8::Promise> promise) {
  if (auto refused = parts_.held().Take(HeldHandles::kPromiseBytes)) return *std::move(refused);
  uint64_t id = next_guest_promise_++;
  exported_.insert(id);
  parts_.rejections().Forget(v8::Isolate::GetCurrent(), promise);
  if (React(context, promise, id, OnGuestFulfilled, OnGuestRejected)) return id;
  Forget(id);
  return value::Failure{};
}

void Promises::Forget(uint64_t id) {
  if (exported_.erase(id) > 0) parts_.held().Give(HeldHandles::kPromiseBytes);
}

void Promises::FailExported() {
  if (exported_.empty()) return;
  parts_.held().Give(HeldHandles::kPromiseBytes, exported_.size());
  std::unordered_set<uint64_t> failed = std::exchange(exported_, {});
  parts_.host().GuestPromisesFailed({failed.begin(), failed.end()},
                                    Stop{StopReason::kDropped, 0, 0, Phase::kPending, ""});
}

// What the promise became is known: says whether the host still wants to.
bool Promises::TakeExported(uint64_t id) {
  if (!exported_.contains(id)) return false;
  Forget(id);
  return true;
}

bool Promises::AnswerWhenSettled(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise, uint64_t call_id) {
  return React(context, promise, call_id, OnCallFulfilled, OnCallRejected);
}

// V8 does not look for a stop between two reactions that are native: each does.

void Promises::OnGuestFulfilled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || parts->gate().stopping()) return;
  if (!parts->promises().exported_.contains(IdOf(info))) return;
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Outcome outcome;
  auto left = Leave(*parts, context, info[0], "result");
  if (auto* message = std::get_if<value::Message>(&left)) {
    outcome = std::move(*message);
  } else if (std::get<value::Failure>(left).kind != value::Failure::Kind::kThrew) {
    outcome = std::move(std::get<value::Failure>(left));
  } else if (catcher.HasTerminated() || !catcher.HasCaught()) {
    return;
  } else {
    v8::Local<v8::Value> thrown = catcher.Exception();
    catcher.Reset();
    outcome = ReadThrown(*parts, context, thrown, {});
  }
  GiveExported(*parts, IdOf(info), std::move(outcome));
}

void Promises::GiveExported(Parts& parts, uint64_t id, Outcome outcome) {
  LookAtMemory(parts);
  // Whoever stopped it tells the host what became of its promises.
  if (parts.gate().stopping()) {
    DropOutcome(parts, outcome);
    return;
  }
  if (parts.promises().TakeExported(id)) {
    parts.settlement().SettleGuestPromise(id, std::move(outcome));
  } else {
    DropOutcome(parts, outcome);
  }
}

void Promises::OnGuestRejected(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || parts->gate().stopping()) return;
  if (!parts->promises().exported_.contains(IdOf(info))) return;
  v8::TryCatch catcher(isolate);
  Outcome error = ReadThrown(*parts, isolate->GetCurrentContext(), info[0], {});
  if (catcher.HasTerminated()) {
    DropOutcome(*parts, error);
    return;
  }
  GiveExported(*parts, IdOf(info), std::move(error));
}

void Promises::OnCallFulfilled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || parts->gate().stopping()) return;
  // Null: it has its answer already.
  const std::shared_ptr<Call> call = parts->calls().Find(IdOf(info));
  v8::TryCatch catcher(isolate);
  Answer(*parts, isolate->GetCurrentContext(), IdOf(info), call ? call->kind : CallKind::kInternal, info[0], &catcher);
}

void Promises::OnCallRejected(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || parts->gate().stopping()) return;
  AnswerError(*parts, isolate->GetCurrentContext(), IdOf(info), info[0]);
}

void Promises::Abandon(uint64_t call_id) {
  std::erase_if(pending_, [&](const auto& entry) { return entry.second.call_id == call_id; });
  active_.store(pending_.size(), std::memory_order_relaxed);
}

void Promises::Clear() {
  pending_.clear();
  if (!exported_.empty()) parts_.held().Give(HeldHandles::kPromiseBytes, exported_.size());
  exported_.clear();
  active_.store(0, std::memory_order_relaxed);
}

}  // namespace isolet
