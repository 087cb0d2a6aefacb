#include "modules/dynamic_imports.h"

#include <utility>

#include "calls/current_call.h"
#include "calls/parts.h"
#include "modules/compiler.h"
#include "modules/modules.h"
#include "modules/reactions.h"
#include "v8/strings.h"

namespace isolet {
namespace {

constexpr size_t kMaxImports = 10'000;  // that wait

}  // namespace

v8::MaybeLocal<v8::Promise> DynamicImports::OnImport(v8::Local<v8::Context> context, v8::Local<v8::Data>,
                                                     v8::Local<v8::Value> resource_name,
                                                     v8::Local<v8::String> specifier,
                                                     v8::Local<v8::FixedArray> attributes) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  Parts* parts = Parts::Of(isolate);
  auto request = std::make_shared<ModuleRequest>();
  v8::TryCatch catcher(isolate);
  if (parts == nullptr) {
    // A snapshot is being made: there are no modules yet.
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "import() is not available here")));
  } else if (static_cast<size_t>(specifier->Length()) > kMaxSpecifier) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "The module specifier is too long")));
  } else if (ReadTypeAttribute(context, attributes, 2, &request->type)) {
    request->specifier = ToUtf8(isolate, specifier, kMaxSpecifier);
    if (resource_name->IsString()) request->referrer = ToUtf8(isolate, resource_name.As<v8::String>(), kMaxSpecifier);
    parts->modules().imports().Start(context, resolver, request);
  }
  if (catcher.HasTerminated()) return {};
  if (catcher.HasCaught()) {
    v8::Local<v8::Value> error = catcher.Exception();
    catcher.Reset();
    Reject(context, resolver, error);
  }
  return scope.Escape(resolver->GetPromise());
}

void DynamicImports::Start(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver,
                           const std::shared_ptr<ModuleRequest>& request) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (imports_.size() >= kMaxImports) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "Too many imports at once")));
    return;
  }
  uint64_t call_id = CurrentCallId(context);
  uint64_t id = next_++;
  Import& import = imports_[id];
  import.resolver.Reset(isolate, resolver);
  import.call_id = call_id;
  import.tie = CallTie(parts_.call_ties(), call_id);
  modules_.loader().Start(
      context, request, call_id, modules_.ImportsWait(call_id),
      [this, id](std::shared_ptr<ModuleEntry> root, v8::Local<v8::Value> error) {
        auto found = imports_.find(id);
        if (found == imports_.end()) return;
        if (!root && error.IsEmpty()) {
          imports_.erase(found);
          return;
        }
        v8::Isolate* isolate = v8::Isolate::GetCurrent();
        v8::Local<v8::Context> context = isolate->GetCurrentContext();
        v8::Local<v8::Function> run;
        if (!root) {
          v8::Local<v8::Promise::Resolver> resolver = found->second.resolver.Get(isolate);
          imports_.erase(found);
          Reject(context, resolver, error);
          return;
        }
        // Never on the spot: guest code, maybe of this very graph, is still on the stack.
        found->second.entry = std::move(root);
        if (!NewReaction(context, OnReady, v8::Number::New(isolate, static_cast<double>(id))).ToLocal(&run)) {
          imports_.erase(id);
          return;
        }
        isolate->EnqueueMicrotask(run);
      });
}

void DynamicImports::OnReady(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  parts->modules().imports().Run(isolate->GetCurrentContext(),
                                 static_cast<uint64_t>(info.Data().As<v8::Number>()->Value()));
}

void DynamicImports::Run(v8::Local<v8::Context> context, uint64_t id) {
  auto found = imports_.find(id);
  if (found == imports_.end()) return;
  Import import = std::move(found->second);
  imports_.erase(found);
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Data> outer = GetContinuationValue(context);
  SetContinuationValue(context, v8::Number::New(isolate, static_cast<double>(import.call_id)));
  modules_.evaluation().EvaluateFor(context, import.resolver.Get(isolate), import.entry, import.call_id);
  RestoreContinuationValue(context, outer);
}

}  // namespace isolet
