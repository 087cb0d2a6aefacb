// Makes a guest of an isolate that nobody has used (guest/guest.h): what of the language is replaced, the globals it
// has beside the language, and how it hears of V8.
#include "code/dynamic_code.h"
#include "guest/guest.h"
#include "lost/fatal_guard.h"
#include "lost/heap_pages.h"
#include "realm/buffer_constructors.h"
#include "realm/globals.h"
#include "value/codec.h"
#include "wasm/guard.h"
#include "wasm/instances.h"

namespace isolet {

std::optional<Outcome> Guest::SetUp() {
  v8::Isolate* isolate = isolate_;
  isolate->SetData(0, static_cast<Parts*>(this));
  gate_.Attach(isolate);
  buffers_.Attach(allocator_);
  heap_limit_.Install(isolate, *allocator_);
  allocator_->OnRefusedTooOften(
      [](void* data) {
        auto* guest = static_cast<Guest*>(data);
        guest->memory_budget_.RanOut(guest->isolate());
      },
      this);
  FatalGuard::Install(isolate);
  rejections_.Install(isolate);
  modules_.Install(isolate);
  WasmGuard::Install(isolate);
  WasmInstances::Install(isolate);
  isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  isolate->SetCaptureStackTraceForUncaughtExceptions(true, 200);
  // One thread per isolate: waiting for another that can't exist would only block a worker.
  isolate->SetAllowAtomicsWait(false);
  isolate->SetAllowWasmCodeGenerationCallback([](v8::Local<v8::Context>, v8::Local<v8::String>) {
    Parts* parts = Parts::Of(v8::Isolate::GetCurrent());
    return parts != nullptr && parts->options().code_generation_wasm;
  });
  {
    v8::Locker locker(isolate);
    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope scope(isolate);
    FatalGuard::Scope fatal(*this);
    // Without one V8 prints what it has to say about a guest's code, such as that its syntax is deprecated.
    if (!options_.makes_snapshot) {
      isolate->AddMessageListenerWithErrorLevel([](v8::Local<v8::Message>, v8::Local<v8::Value>) {},
                                                v8::Isolate::kMessageAll);
    }
    v8::Local<v8::Context> context = v8::Context::New(isolate);
    if (context.IsEmpty()) {
      return Outcome(gate_.final_stop().value_or(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "no context"}));
    }
    context_.Reset(isolate, context);
    v8::Context::Scope context_scope(context);
    if (!value::PrepareContext(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the context could not be prepared"});
    }
    if (!DynamicCode::Install(context, options_) || !InstallGlobals(context, options_)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the globals could not be set up"});
    }
    if (!BufferConstructors::Install(context) || !WasmGuard::Install(context) || !WasmInstances::Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the buffers could not be set up"});
    }
    if (!AsyncWaits::Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "Atomics could not be set up"});
    }
    if (!intl_memory_.Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "Intl could not be set up"});
    }
    if (!SetUpStreams(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the streams could not be set up"});
    }
    if (!SetUpWeb(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the web's APIs could not be set up"});
    }
    if (!options_.snapshot && (options_.console || options_.makes_snapshot || options_.web.on) &&
        !ConsoleMethods::Install(context)) {
      return Outcome(Stop{StopReason::kTerminated, 0, 0, Phase::kSync, "the console could not be set up"});
    }
    memory_budget_.Install(isolate, *allocator_, [this](size_t alive) { held_.AfterCollection(alive); });
    HeapPages::Learn(isolate, context, v8::Object::New(isolate));
    heap_notes_.Note(isolate);
  }
  Watchdog::Get().Register(this);
  return std::nullopt;
}

bool Guest::SetUpStreams(v8::Local<v8::Context> context) {
  if (options_.in_snapshot.streams) return streams_.Restore(context);
  return options_.streams.empty() || options_.late_streams || streams_.Load(context, options_.streams);
}

bool Guest::SetUpWeb(v8::Local<v8::Context> context) {
  if (options_.in_snapshot.web) return web_.Restore(context, *this);
  return !options_.web.on || options_.late_web || web_.Load(context, *this);
}

}  // namespace isolet
