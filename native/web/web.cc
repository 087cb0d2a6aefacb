#include "web/web.h"

#include "boundary/rejections.h"
#include "boundary/streams.h"
#include "boundary/web_objects.h"
#include "calls/parts.h"
#include "realm/timers.h"
#include "v8/strings.h"
#include "web/lazy_globals.h"
#include "web/ops.h"
#include "web/program.h"
#include "web/wasm_ops.h"

namespace isolet {
namespace {

// Position of the exports in a snapshot's data of its context.
constexpr size_t kStored = 1;  // after the streams, which such a snapshot always has

// Empty: an exception is pending.
v8::MaybeLocal<v8::Object> Own(v8::Local<v8::Context> context, v8::Local<v8::Object> object, const char* name) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> value;
  if (!object->Get(context, Name(isolate, name)).ToLocal(&value)) return {};
  if (value->IsObject()) return value.As<v8::Object>();
  isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The program of the web's APIs is another one")));
  return {};
}

v8::MaybeLocal<v8::Object> Evaluate(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::String> code;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> value;
  if (!WebProgram::Get().Source(isolate).ToLocal(&code)) return {};
  v8::ScriptCompiler::Source source(code, MakeOrigin(isolate, Name(isolate, "isolet:web")));
  if (!v8::ScriptCompiler::Compile(context, &source).ToLocal(&script) || !script->Run(context).ToLocal(&value) ||
      !value->IsObject()) {
    return {};
  }
  return value.As<v8::Object>();
}

}  // namespace

bool Web::Load(v8::Local<v8::Context> context, Parts& parts) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Object> exports, ops, install, interfaces, operations;
  if (!Evaluate(context).ToLocal(&exports) || !MakeWebOps(context).ToLocal(&ops) ||
      !Own(context, exports, "install").ToLocal(&install) || !install->IsFunction()) {
    return false;
  }
  v8::Local<v8::Value> argument = ops;
  if (install.As<v8::Function>()->Call(context, v8::Undefined(isolate), 1, &argument).IsEmpty()) return false;
  if (!Own(context, exports, "interfaces").ToLocal(&interfaces) || !DefineLazyGlobals(context, interfaces, false) ||
      !Own(context, exports, "operations").ToLocal(&operations) || !DefineLazyGlobals(context, operations, true)) {
    return false;
  }
  return Keep(context, exports, parts);
}

bool Web::Keep(v8::Local<v8::Context> context, v8::Local<v8::Object> exports, Parts& parts) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  exports_.Reset(isolate, exports);
  v8::Local<v8::Function> import, text, export_object, import_object;
  Rejections::Listeners listeners;
  if (!Hook(context, "importStream").ToLocal(&import) || !Hook(context, "runText").ToLocal(&text) ||
      !Hook(context, "exportObject").ToLocal(&export_object) ||
      !Hook(context, "importObject").ToLocal(&import_object) ||
      !Hook(context, "reportException").ToLocal(&listeners[0]) ||
      !Hook(context, "unhandledRejection").ToLocal(&listeners[1]) ||
      !Hook(context, "rejectionHandled").ToLocal(&listeners[2])) {
    return false;
  }
  parts.streams().ImportLate(isolate, import);
  parts.web_objects().Take(isolate, export_object, import_object);
  parts.timers().TakeTexts(isolate, text);
  parts.rejections().TellFirst(isolate, listeners);
  return DefineWasmStreaming(context);
}

v8::MaybeLocal<v8::Function> Web::Hook(v8::Local<v8::Context> context, const char* name) const {
  if (!loaded()) return {};
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Object> hooks;
  v8::Local<v8::Value> hook;
  if (!Own(context, exports_.Get(isolate), "hooks").ToLocal(&hooks) ||
      !hooks->Get(context, Name(isolate, name)).ToLocal(&hook) || !hook->IsFunction()) {
    return {};
  }
  return scope.Escape(hook.As<v8::Function>());
}

v8::MaybeLocal<v8::Function> Web::Maker(v8::Local<v8::Context> context, v8::Local<v8::Name> name) const {
  if (!loaded()) return {};
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::EscapableHandleScope scope(isolate);
  for (const char* table : {"interfaces", "operations"}) {
    v8::Local<v8::Object> makers;
    v8::Local<v8::Value> maker;
    bool has = false;
    if (!Own(context, exports_.Get(isolate), table).ToLocal(&makers) ||
        !makers->HasOwnProperty(context, name).To(&has)) {
      return {};
    }
    if (!has) continue;
    if (!makers->Get(context, name).ToLocal(&maker)) return {};
    if (maker->IsFunction()) return scope.Escape(maker.As<v8::Function>());
  }
  isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "The program of the web's APIs is another one")));
  return {};
}

void Web::Store(v8::SnapshotCreator& creator, v8::Local<v8::Context> context) const {
  creator.AddData(context, exports_.Get(v8::Isolate::GetCurrent()));
}

bool Web::Restore(v8::Local<v8::Context> context, Parts& parts) {
  v8::Local<v8::Object> exports;
  if (!context->GetDataFromSnapshotOnce<v8::Object>(kStored).ToLocal(&exports)) return false;
  return Keep(context, exports, parts);
}

}  // namespace isolet
