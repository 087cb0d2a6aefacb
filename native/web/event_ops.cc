#include "web/event_ops.h"

#include "boundary/rejections.h"
#include "calls/parts.h"

namespace isolet {
namespace {

void Uncaught(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Rejections::Uncaught(info.GetIsolate()->GetCurrentContext(), info[0]);
}

void Describe(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Message> message = v8::Exception::CreateMessage(isolate, info[0]);
  v8::Local<v8::Value> parts[] = {message->Get(), v8::String::Empty(isolate), v8::Integer::New(isolate, 0),
                                  v8::Integer::New(isolate, 0)};
  // Of other values the engine only knows where it is being asked.
  if (info[0]->IsNativeError()) {
    v8::Local<v8::Value> script = message->GetScriptResourceName();
    if (script->IsString()) parts[1] = script;
    parts[2] = v8::Integer::New(isolate, message->GetLineNumber(context).FromMaybe(0));
    parts[3] = v8::Integer::New(isolate, message->GetStartColumn(context).FromMaybe(-1) + 1);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, parts, 4));
}

void WatchHandled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (Parts* parts = Parts::Of(info.GetIsolate())) parts->rejections().WatchHandled();
}

const WebOp kOps[] = {
    {"events", "uncaught", Uncaught, 1},
    {"events", "describe", Describe, 1},
    {"events", "watchHandled", WatchHandled},
};

}  // namespace

std::span<const WebOp> EventOps() { return kOps; }

}  // namespace isolet
