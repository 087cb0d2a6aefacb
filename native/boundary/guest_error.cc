#include "boundary/guest_error.h"

#include <algorithm>

#include "boundary/call_site.h"
#include "boundary/crossing.h"
#include "boundary/module_failure.h"
#include "boundary/stand_in.h"
#include "calls/gate.h"
#include "calls/limits.h"
#include "calls/parts.h"
#include "v8/private_ids.h"
#include "v8/strings.h"
#include "value/codec.h"

namespace isolet {
namespace {

// As many as a guest may ask for (Error.stackTraceLimit) and V8 is told to keep.
constexpr int kMaxFrames = 200;

std::optional<std::string> ReadText(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                                    const char* name) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> value;
  bool read = object->Get(context, Name(isolate, name)).ToLocal(&value);
  // The next getter is not to run on.
  if (catcher.HasTerminated()) parts.gate().Reassert();
  if (!read || !value->IsString()) return std::nullopt;
  return ToUtf8(isolate, value.As<v8::String>(), kMaxErrorText);
}

std::string TextOf(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  return value.IsEmpty() || !value->IsString() ? std::string() : ToUtf8(isolate, value.As<v8::String>(), kMaxErrorText);
}

void AddFrames(v8::Isolate* isolate, v8::Local<v8::StackTrace> trace, GuestError* error) {
  if (!trace.IsEmpty()) {
    int count = std::min(trace->GetFrameCount(), kMaxFrames);
    for (int i = 0; i < count; ++i) {
      v8::Local<v8::StackFrame> frame = trace->GetFrame(isolate, i);
      error->frames.push_back({TextOf(isolate, frame->GetFunctionName()), TextOf(isolate, frame->GetScriptName()),
                               frame->GetLineNumber(), frame->GetColumn()});
    }
  }
}

// As many frames as V8 put into the `stack`: there Error.stackTraceLimit counts.
void FitFrames(GuestError* error) {
  if (!error->stack) return;
  size_t lines = 0;
  for (size_t at = 0; (at = error->stack->find("\n    at ", at)) != std::string::npos; ++at) ++lines;
  if (lines > 0 && lines < error->frames.size()) error->frames.resize(lines);
}

// An error of the compiler has a place that is none of the frames, and not in its `stack`.
void ReadFrames(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                v8::Local<v8::Message> message, GuestError* error) {
  v8::Local<v8::StackTrace> trace = message->GetStackTrace();
  AddFrames(isolate, trace, error);
  if (error->frames.empty() && thrown->IsObject()) {
    AddFrames(isolate, CallSiteOf(context, thrown.As<v8::Object>()), error);
  }
  FitFrames(error);
  // JSON is compiled too, but where it is wrong stands in the message.
  const bool compiling = error->name == "SyntaxError" && error->message.find("JSON") == std::string::npos &&
                         thrown->IsNativeError() && !trace.IsEmpty() && trace->GetFrameCount() > 0 &&
                         trace->GetFrame(isolate, 0)->GetScriptId() != message->GetScriptOrigin().ScriptId();
  if (!error->frames.empty() && !compiling) return;
  StackFrame place;
  place.file_name = TextOf(isolate, message->GetScriptResourceName());
  place.line = message->GetLineNumber(context).FromMaybe(0);
  int column = message->GetStartColumn(context).FromMaybe(-1);
  place.column = column + 1;
  if (place.line <= 0) return;
  if (error->name == "SyntaxError" && error->stack) {
    const std::string file = place.file_name.empty() ? "<anonymous>" : place.file_name;
    const std::string line = "\n    at " + file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
    error->stack->insert(std::min(error->stack->find("\n    at "), error->stack->size()), line);
  }
  error->frames.insert(error->frames.begin(), std::move(place));
}

}  // namespace

GuestError ReadGuestError(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                          v8::Local<v8::Message> message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::TryCatch catcher(isolate);
  GuestError error;
  if (thrown->IsObject() && !thrown->IsProxy()) {
    v8::Local<v8::Object> object = thrown.As<v8::Object>();
    if (value::IsError(context, object)) {
      error.name = ReadText(parts, context, object, "name").value_or("Error");
      error.message = ReadText(parts, context, object, "message").value_or("");
      error.stack = ReadText(parts, context, object, "stack");
    } else {
      std::optional<std::string> text = ReadText(parts, context, object, "message");
      error.message = text ? *text : Describe(isolate, thrown, kMaxErrorText);
    }
    if (std::optional<uint64_t> id = ReadPrivateId(context, object, PrivateId::kHostError)) error.host_error = *id;
  } else {
    error.message = Describe(isolate, thrown, kMaxErrorText);
  }
  if (message.IsEmpty()) message = v8::Exception::CreateMessage(isolate, thrown);
  if (!message.IsEmpty()) ReadFrames(isolate, context, thrown, message, &error);
  if (catcher.HasTerminated() || parts.gate().stopping()) return error;
  catcher.Reset();
  auto left = Leave(parts, context, thrown, "error");
  if (std::holds_alternative<value::Failure>(left) && thrown->IsObject() && !thrown->IsProxy() &&
      !thrown->IsFunction() && !catcher.HasTerminated()) {
    catcher.Reset();
    left = Leave(parts, context, StandIn(parts, context, thrown), "error");
  }
  if (auto* value = std::get_if<value::Message>(&left)) error.thrown = std::move(*value);
  return error;
}

Outcome ReadThrown(Parts& parts, v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                   v8::Local<v8::Message> message) {
  if (std::optional<ModuleFailure> failure = ReadModuleFailure(parts, context, thrown)) return *std::move(failure);
  return ReadGuestError(parts, context, thrown, message);
}

}  // namespace isolet
