#include "realm/globals.h"

#include <string>

#include "boundary/rejections.h"
#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "realm/structured_clone.h"
#include "realm/timers.h"
#include "v8/strings.h"

namespace isolet {

bool DefineGlobalFunction(v8::Local<v8::Context> context, const char* name, int length, v8::FunctionCallback callback) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Function> function;
  if (!v8::Function::New(context, callback, {}, length, v8::ConstructorBehavior::kThrow).ToLocal(&function)) {
    return false;
  }
  v8::Local<v8::String> key = Name(isolate, name);
  function->SetName(key);
  bool defined = false;
  if (!context->Global()->DefineOwnProperty(context, key, function).To(&defined)) return false;
  // The code of a snapshot has put something there that stays.
  if (!defined) isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "A global can't be defined")));
  return defined;
}

namespace {

// Scripts of a snapshot may have put something else in its place.
bool InstallTimers(v8::Local<v8::Context> context, const GuestOptions& options) {
  if (options.max_timers == 0 || options.in_snapshot.max_timers > 0 || options.late_timers) return true;
  return Timers::Install(context);
}

}  // namespace

bool InstallGlobals(v8::Local<v8::Context> context, const GuestOptions& options) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  // V8 puts it there when Node was started with --expose-gc. It can't be deleted.
  v8::Local<v8::String> gc = Name(isolate, "gc");
  if (context->Global()->HasOwnProperty(context, gc).FromMaybe(false) &&
      !context->Global()->Set(context, gc, v8::Undefined(isolate)).FromMaybe(false)) {
    return false;
  }
  if (options.snapshot) return InstallTimers(context, options);
  if (!DefineGlobalFunction(context, "queueMicrotask", 1, QueueMicrotask)) return false;
  if (!DefineGlobalFunction(context, "structuredClone", 1, StructuredClone)) return false;
  return InstallTimers(context, options);
}

void ThrowNoFunction(v8::Isolate* isolate, const char* function) {
  std::string text = std::string("The first argument of ") + function + " must be a function";
  v8::Local<v8::String> message;
  if (FromUtf8(isolate, text).ToLocal(&message)) isolate->ThrowException(v8::Exception::TypeError(message));
}

void QueueMicrotask(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsFunction()) {
    ThrowNoFunction(isolate, "queueMicrotask");
    return;
  }
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  // V8 carries the number of the running call along promise reactions, but not into microtasks of this kind.
  v8::Local<v8::Data> call = GetContinuationValue(context);
  v8::Local<v8::Value> fields[] = {
      info[0], !call.IsEmpty() && call->IsValue() ? call.As<v8::Value>() : v8::Undefined(isolate).As<v8::Value>()};
  v8::Local<v8::Function> microtask;
  if (!v8::Function::New(context, RunQueuedMicrotask, v8::Array::New(isolate, fields, 2), 0,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&microtask)) {
    return;
  }
  isolate->EnqueueMicrotask(microtask);
}

void RunQueuedMicrotask(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Array> fields = info.Data().As<v8::Array>();
  v8::Local<v8::Value> callback, call;
  if (!fields->Get(context, 0).ToLocal(&callback) || !fields->Get(context, 1).ToLocal(&call)) return;
  v8::Local<v8::Data> outer = GetContinuationValue(context);
  SetContinuationValue(context, call);
  {
    v8::TryCatch catcher(isolate);
    if (callback.As<v8::Function>()->Call(context, v8::Undefined(isolate), 0, nullptr).IsEmpty()) {
      if (catcher.HasTerminated() || !catcher.HasCaught()) {
        // The TryCatch took the stop; it has to go on upwards (ReThrow would make it an ordinary exception).
        if (Parts* parts = Parts::Of(isolate)) parts->gate().Reassert();
        return;
      }
      v8::Local<v8::Value> thrown = catcher.Exception();
      catcher.Reset();
      Rejections::Thrown(context, thrown);
    }
  }
  RestoreContinuationValue(context, outer);
}

}  // namespace isolet
