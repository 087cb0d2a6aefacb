#include "modules/modules.h"

#include "modules/meta.h"

namespace isolet {

void Modules::Install(v8::Isolate* isolate) {
  isolate->SetHostImportModuleDynamicallyCallback(DynamicImports::OnImport);
  isolate->SetHostInitializeImportMetaObjectCallback(ImportMeta::OnMeta);
}

void Modules::SetHooks(bool resolver, bool loader) {
  has_resolver_.store(resolver, std::memory_order_relaxed);
  has_loader_.store(loader, std::memory_order_relaxed);
}

void Modules::MicrotasksLost(v8::Local<v8::Context> context) {
  imports_.Clear();
  loader_.AbandonImports();
  evaluation_.runs().AllStopped(context);
}

void Modules::AbandonCall(v8::Local<v8::Context> context, uint64_t call_id) {
  loader_.AbandonCall(call_id);
  evaluation_.runs().CallStopped(context, call_id);
}

void Modules::Clear() {
  imports_.Clear();
  evaluation_.Clear();
  loader_.Clear();
}

}  // namespace isolet
