#include "boundary/rejections.h"

#include <utility>

#include "boundary/crossing.h"
#include "boundary/guest_error.h"
#include "calls/current_call.h"
#include "calls/gate.h"
#include "calls/host.h"
#include "calls/parts.h"
#include "calls/ties.h"

namespace isolet {

void Rejections::Install(v8::Isolate* isolate) { isolate->SetPromiseRejectCallback(OnReject); }

void Rejections::OnReject(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  Rejections& self = parts->rejections();
  v8::HandleScope scope(isolate);
  switch (message.GetEvent()) {
    case v8::kPromiseRejectWithNoHandler:
      self.Note(isolate->GetCurrentContext(), message.GetPromise(), {});
      break;
    case v8::kPromiseHandlerAddedAfterReject:
      if (!self.Forget(isolate, message.GetPromise()) && self.watches_handled_ && self.handled_.size() < kMaxNoted) {
        self.handled_.emplace_back(isolate, message.GetPromise());
      }
      break;
    default:
      break;
  }
}

void Rejections::Note(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise, v8::Local<v8::Value> thrown) {
  if (noted_.size() >= kMaxNoted) return;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  noted_.push_back(
      {v8::Global<v8::Promise>(isolate, promise), v8::Global<v8::Value>(isolate, thrown), CurrentCallId(context)});
}

void Rejections::Uncaught(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown) {
  if (Parts* parts = Parts::Of(v8::Isolate::GetCurrent())) parts->rejections().Note(context, {}, thrown);
}

void Rejections::Thrown(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown) {
  Parts* parts = Parts::Of(v8::Isolate::GetCurrent());
  if (parts == nullptr || parts->rejections().Tell(*parts, context, kException, {thrown})) return;
  if (!parts->gate().stopping()) Uncaught(context, thrown);
}

bool Rejections::Forget(v8::Isolate*, v8::Local<v8::Promise> promise) {
  return std::erase_if(noted_, [&](const Noted& noted) { return noted.promise == promise; }) > 0;
}

void Rejections::TellFirst(v8::Isolate* isolate, const Listeners& listeners) {
  for (size_t i = 0; i < listeners.size(); ++i) listeners_[i].Reset(isolate, listeners[i]);
}

bool Rejections::Tell(Parts& parts, v8::Local<v8::Context> context, Event event,
                      std::initializer_list<v8::Local<v8::Value>> values) {
  if (listeners_[event].IsEmpty()) return false;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  std::vector<v8::Local<v8::Value>> arguments(values);
  v8::Local<v8::Value> answer;
  if (listeners_[event]
          .Get(isolate)
          ->Call(context, v8::Undefined(isolate), static_cast<int>(arguments.size()), arguments.data())
          .ToLocal(&answer)) {
    return answer->BooleanValue(isolate);
  }
  // The TryCatch has taken the stop; it has to go on upwards.
  if (catcher.HasTerminated()) parts.gate().Reassert();
  return false;
}

bool Rejections::Report(const IsolateLock& lock) {
  Parts& parts = lock.parts();
  v8::Isolate* isolate = lock.isolate();
  std::vector<Noted> noted = std::exchange(noted_, {});
  std::vector<v8::Global<v8::Promise>> handled = std::exchange(handled_, {});
  for (Noted& entry : noted) {
    v8::HandleScope scope(isolate);
    v8::Local<v8::Value> reason = entry.thrown.Get(isolate);
    if (!entry.promise.IsEmpty()) {
      v8::Local<v8::Promise> promise = entry.promise.Get(isolate);
      if (promise->HasHandler()) continue;
      reason = promise->Result();
      const bool done = Tell(parts, lock.context(), kRejection, {promise, reason});
      if (parts.gate().stopping()) return false;
      if (done) continue;
    }
    GuestError error = ReadGuestError(parts, lock.context(), reason, {});
    if (parts.gate().stopping()) return false;
    Send(parts, entry.call_id, std::move(error));
  }
  for (v8::Global<v8::Promise>& late : handled) {
    v8::HandleScope scope(isolate);
    v8::Local<v8::Promise> promise = late.Get(isolate);
    Tell(parts, lock.context(), kHandled, {promise, promise->Result()});
    if (parts.gate().stopping()) return false;
  }
  return !listeners_[kRejection].IsEmpty();
}

void Rejections::Clear() {
  noted_.clear();
  handled_.clear();
  for (v8::Global<v8::Function>& listener : listeners_) listener.Reset();
}

void Rejections::Send(Parts& parts, uint64_t call_id, Outcome outcome) {
  size_t text = 0, thrown = 0;
  if (auto* error = std::get_if<GuestError>(&outcome)) {
    text = error->message.size() + (error->stack ? error->stack->size() : 0);
    thrown = error->thrown ? error->thrown->ByteSize() : 0;
    // Better without the value than not at all.
    if (thrown > 0 && !unread_.Take(text + thrown)) {
      DropMessage(parts, *error->thrown);
      error->thrown.reset();
      thrown = 0;
    }
  }
  if (thrown == 0 && !unread_.Take(text)) return;
  parts.call_ties().Said(call_id);
  parts.host().PostEvent(UnhandledRejection{text + thrown, std::move(outcome), call_id});
}

}  // namespace isolet
