#include "engine/rejections.h"

#include <utility>

#include "engine/guest.h"
#include "engine/guest_error.h"

namespace isolet {

void Rejections::Install(v8::Isolate* isolate) { isolate->SetPromiseRejectCallback(OnReject); }

void Rejections::OnReject(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Guest* guest = Guest::From(isolate);
  if (guest == nullptr) return;
  Rejections& self = guest->rejections();
  v8::HandleScope scope(isolate);
  switch (message.GetEvent()) {
    case v8::kPromiseRejectWithNoHandler:
      if (self.noted_.size() < kMaxNoted) self.noted_.emplace_back(isolate, message.GetPromise());
      break;
    case v8::kPromiseHandlerAddedAfterReject:
      self.Forget(isolate, message.GetPromise());
      break;
    default:
      break;
  }
}

void Rejections::Uncaught(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown) {
  v8::Local<v8::Promise::Resolver> resolver;
  // Fails only when the isolate is terminating: then nobody listens.
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver) || resolver->Reject(context, thrown).IsNothing()) return;
}

void Rejections::Forget(v8::Isolate*, v8::Local<v8::Promise> promise) {
  std::erase_if(noted_, [&](const v8::Global<v8::Promise>& noted) { return noted == promise; });
}

void Rejections::Report(const IsolateLock& lock) {
  v8::Isolate* isolate = lock.isolate();
  std::vector<v8::Global<v8::Promise>> noted = std::exchange(noted_, {});
  for (v8::Global<v8::Promise>& entry : noted) {
    v8::HandleScope scope(isolate);
    v8::Local<v8::Promise> promise = entry.Get(isolate);
    if (promise->HasHandler()) continue;
    GuestError error = ReadGuestError(lock.guest(), lock.context(), promise->Result(), {});
    if (lock.guest().gate().stopping()) return;
    lock.guest().host().PostEvent(UnhandledRejection{std::move(error)});
  }
}

}  // namespace isolet
