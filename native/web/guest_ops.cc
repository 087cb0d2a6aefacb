#include "web/guest_ops.h"

#include "boundary/streams.h"
#include "calls/entry_state.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "realm/globals.h"
#include "realm/structured_clone.h"
#include "realm/timers.h"
#include "v8/private_ids.h"
#include "v8/strings.h"

namespace isolet {
namespace {

void Frame(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Parts* parts = Parts::Of(info.GetIsolate());
  info.GetReturnValue().Set(parts == nullptr ? 1.0 : static_cast<double>(parts->entry_state().entries + 1));
}

void Settings(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  v8::Local<v8::String> text;
  v8::Local<v8::Value> value;
  if (FromUtf8(isolate, parts->options().web.settings).ToLocal(&text) &&
      v8::JSON::Parse(isolate->GetCurrentContext(), text).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

void AdoptStreams(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  if (!info[0]->IsObject() || !info[1]->IsObject() || !info[2]->IsObject() || !info[3]->IsFunction() ||
      !info[4]->IsFunction()) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "Streams are three prototypes, two functions")));
    return;
  }
  parts->streams().Adopt(isolate, {info[0].As<v8::Object>(), info[1].As<v8::Object>(), info[2].As<v8::Object>(),
                                   info[3].As<v8::Function>(), info[4].As<v8::Function>()});
}

void Give(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info[0]->IsArrayBuffer()) return;
  WritePrivateId(info.GetIsolate()->GetCurrentContext(), info[0].As<v8::Object>(), PrivateId::kGivenAway, 1);
}

const WebOp kOps[] = {
    {"guest", "frame", Frame},
    {"guest", "settings", Settings},
    {"guest", "streams", AdoptStreams, 5},
    {"guest", "give", Give, 1},
    {"guest", "setTimeout", Timers::SetTimeout, 1},
    {"guest", "setInterval", Timers::SetInterval, 1},
    {"guest", "clearTimeout", Timers::ClearTimer, 0},
    {"guest", "setTask", Timers::SetTask, 1},
    {"guest", "queueMicrotask", QueueMicrotask, 1},
    {"guest", "structuredClone", StructuredClone, 1},
};

}  // namespace

std::span<const WebOp> GuestOps() { return kOps; }

}  // namespace isolet
