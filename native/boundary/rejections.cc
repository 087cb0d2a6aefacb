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
      if (self.noted_.size() < kMaxNoted) {
        self.noted_.push_back(
            {v8::Global<v8::Promise>(isolate, message.GetPromise()), CurrentCallId(isolate->GetCurrentContext())});
      }
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
  std::erase_if(noted_, [&](const Noted& noted) { return noted.promise == promise; });
}

void Rejections::Report(const IsolateLock& lock) {
  v8::Isolate* isolate = lock.isolate();
  std::vector<Noted> noted = std::exchange(noted_, {});
  for (Noted& entry : noted) {
    v8::HandleScope scope(isolate);
    v8::Local<v8::Promise> promise = entry.promise.Get(isolate);
    if (promise->HasHandler()) continue;
    GuestError error = ReadGuestError(lock.parts(), lock.context(), promise->Result(), {});
    if (lock.parts().gate().stopping()) return;
    Send(lock.parts(), entry.call_id, std::move(error));
  }
}

bool Rejections::Admit(size_t bytes) {
  if (events_.load(std::memory_order_relaxed) >= kMaxEvents) return false;
  if (bytes_.load(std::memory_order_relaxed) + bytes > kMaxBytes) return false;
  events_.fetch_add(1, std::memory_order_relaxed);
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
  return true;
}

void Rejections::EventRead(size_t bytes) {
  events_.fetch_sub(1, std::memory_order_relaxed);
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

void Rejections::Send(Parts& parts, uint64_t call_id, Outcome outcome) {
  size_t text = 0, thrown = 0;
  if (auto* error = std::get_if<GuestError>(&outcome)) {
    text = error->message.size() + (error->stack ? error->stack->size() : 0);
    thrown = error->thrown ? error->thrown->ByteSize() : 0;
    // Better without the value than not at all.
    if (thrown > 0 && !Admit(text + thrown)) {
      DropMessage(parts, *error->thrown);
      error->thrown.reset();
      thrown = 0;
    }
  }
  if (thrown == 0 && !Admit(text)) return;
  parts.call_ties().Said(call_id);
  parts.host().PostEvent(UnhandledRejection{text + thrown, std::move(outcome), call_id});
}

}  // namespace isolet
