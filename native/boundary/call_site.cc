#include "boundary/call_site.h"

#include "calls/gate.h"
#include "calls/limits.h"
#include "calls/parts.h"
#include "v8/strings.h"

namespace isolet {
namespace {

v8::Local<v8::Private> Key(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, Name(isolate, "isolet:callSite"));
}

// An Error that nobody sees: V8 knows where it was made, and how many frames the guest wants of that.
v8::Local<v8::Object> SiteNow(v8::Isolate* isolate) {
  return v8::Exception::Error(v8::String::Empty(isolate)).As<v8::Object>();
}

v8::Local<v8::Value> SiteOn(v8::Local<v8::Context> context, v8::Local<v8::Object> holder) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> site;
  if (!holder->GetPrivate(context, Key(isolate)).ToLocal(&site)) return v8::Undefined(isolate);
  return site;
}

v8::Local<v8::String> StackOf(v8::Local<v8::Context> context, v8::Local<v8::Object> error) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> stack;
  if (!error->Get(context, Name(isolate, "stack")).ToLocal(&stack) || !stack->IsString()) {
    return v8::String::Empty(isolate);
  }
  return stack.As<v8::String>();
}

// The lines after the first.
v8::Local<v8::String> LinesOf(v8::Isolate* isolate, v8::Local<v8::String> stack) {
  const std::string text = ToUtf8(isolate, stack, kMaxErrorText);
  const size_t end = text.find("\n    at ");
  v8::Local<v8::String> lines;
  if (end == std::string::npos || !FromUtf8(isolate, text.substr(end)).ToLocal(&lines)) {
    return v8::String::Empty(isolate);
  }
  return lines;
}

}  // namespace

void NoteCallSite(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (promise->SetPrivate(context, Key(isolate), SiteNow(isolate)).IsNothing()) return;
}

void GiveCallSite(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Value> error,
                  v8::Local<v8::Promise> promise) {
  if (!error->IsNativeError()) return;
  v8::Isolate* isolate = parts.isolate();
  v8::HandleScope scope(isolate);
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Object> object = error.As<v8::Object>();
  v8::Local<v8::Value> site =
      promise.IsEmpty() ? SiteNow(isolate).As<v8::Value>() : SiteOn(context, promise.As<v8::Object>());
  if (site->IsObject()) {
    v8::Local<v8::String> lines = LinesOf(isolate, StackOf(context, site.As<v8::Object>()));
    v8::Local<v8::String> stack = StackOf(context, object);
    if (lines->Length() > 0 && stack->Length() + lines->Length() <= v8::String::kMaxLength &&
        !object
             ->DefineOwnProperty(context, Name(isolate, "stack"), v8::String::Concat(isolate, stack, lines),
                                 v8::DontEnum)
             .IsNothing()) {
      (void)object->SetPrivate(context, Key(isolate), site).IsNothing();
    }
  }
  // The guest may format stacks by itself.
  if (catcher.HasTerminated()) parts.gate().Reassert();
}

v8::Local<v8::StackTrace> CallSiteOf(v8::Local<v8::Context> context, v8::Local<v8::Object> error) {
  v8::Local<v8::Value> site = SiteOn(context, error);
  return site->IsObject() ? v8::Exception::GetStackTrace(site) : v8::Local<v8::StackTrace>();
}

}  // namespace isolet
