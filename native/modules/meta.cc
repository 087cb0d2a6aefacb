#include "modules/meta.h"

#include <optional>
#include <string>

#include "calls/gate.h"
#include "calls/parts.h"
#include "modules/compiler.h"
#include "modules/modules.h"
#include "v8/strings.h"

namespace isolet {

void ImportMeta::OnMeta(v8::Local<v8::Context> context, v8::Local<v8::Module> module, v8::Local<v8::Object> meta) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Parts* parts = Parts::Of(isolate);
  ModuleEntry* entry = parts == nullptr ? nullptr : parts->modules().loader().map().Find(module);
  v8::Local<v8::String> url;
  if (entry == nullptr || !FromUtf8(isolate, entry->url).ToLocal(&url)) return;
  if (meta->CreateDataProperty(context, Name(isolate, "url"), url).IsNothing()) return;
  if (!entry->shim) {
    v8::Local<v8::Function> resolve;
    if (!v8::Function::New(context, OnResolve, url, 1, v8::ConstructorBehavior::kThrow).ToLocal(&resolve)) return;
    resolve->SetName(Name(isolate, "resolve"));
    if (meta->CreateDataProperty(context, Name(isolate, "resolve"), resolve).IsNothing()) return;
  }
  if (entry->value.IsEmpty()) return;
  if (meta->CreateDataProperty(context, Name(isolate, "value"), entry->value.Get(isolate)).IsNothing()) return;
  entry->value.Reset();
  if (!entry->wasm) return;
  // The guest's own WebAssembly: what it put in its place affects only itself.
  v8::Local<v8::Value> wasm, instance;
  if (!context->Global()->Get(context, Name(isolate, "WebAssembly")).ToLocal(&wasm) || !wasm->IsObject() ||
      !wasm.As<v8::Object>()->Get(context, Name(isolate, "Instance")).ToLocal(&instance) ||
      meta->CreateDataProperty(context, Name(isolate, "Instance"), instance).IsNothing()) {
    return;
  }
}

// import.meta.resolve(specifier): the URL that an import of it from this module would lead to.
void ImportMeta::OnResolve(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::String> specifier, url;
  // Runs the guest's toString.
  if (parts == nullptr || !info[0]->ToString(context).ToLocal(&specifier) || parts->gate().stopping()) return;
  if (static_cast<size_t>(specifier->Length()) > kMaxSpecifier) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "The module specifier is too long")));
    return;
  }
  ModuleRequest request;
  request.specifier = ToUtf8(isolate, specifier, kMaxSpecifier);
  if (info.Data()->IsString()) request.referrer = ToUtf8(isolate, info.Data().As<v8::String>(), kMaxSpecifier);
  std::optional<std::string> resolved = parts->modules().loader().ResolveNow(context, request);
  if (resolved && FromUtf8(isolate, *resolved).ToLocal(&url)) info.GetReturnValue().Set(url);
}

}  // namespace isolet
