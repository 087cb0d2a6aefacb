// The modules of one guest: what the host set up (registered sources, whether it has a resolver and a loader), and the
// parts that load, import and evaluate.
//
// The holder of the isolate's lock, inside a frame, unless said otherwise.
#pragma once

#include <atomic>
#include <cstdint>

#include "modules/dynamic_imports.h"
#include "modules/evaluation.h"
#include "modules/loader.h"
#include "modules/source.h"
#include "v8/v8.h"

namespace isolet {

// The host function that resolves and loads: ids that the host gives out start above kWebHostFunction.
inline constexpr uint64_t kModuleHostFunction = 0;

class Modules {
 public:
  explicit Modules(Parts& parts) : loader_(parts, *this), imports_(parts, *this), evaluation_(parts, loader_.map()) {}
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  // Before any guest code runs.
  void Install(v8::Isolate* isolate);

  // Any thread.
  ModuleSources& sources() { return sources_; }
  void SetHooks(bool resolver, bool loader);
  bool has_resolver() const { return has_resolver_.load(std::memory_order_relaxed); }
  bool has_loader() const { return has_loader_.load(std::memory_order_relaxed); }

  ModuleLoader& loader() { return loader_; }
  DynamicImports& imports() { return imports_; }
  ModuleEvaluation& evaluation() { return evaluation_; }

  // While it lives, import() waits for the host on the spot: the call that runs can't wait for promises.
  class SyncScope {
   public:
    explicit SyncScope(Modules& modules) : modules_(modules) { ++modules_.sync_; }
    ~SyncScope() { --modules_.sync_; }
    SyncScope(const SyncScope&) = delete;
    SyncScope& operator=(const SyncScope&) = delete;

   private:
    Modules& modules_;
  };
  // Whether an import() of that call does.
  bool ImportsWait(uint64_t call_id) const { return sync_ > 0 || evaluation_.waits().Has(call_id); }

  // The call was answered before its modules were loaded or had run to their end.
  void AbandonCall(v8::Local<v8::Context> context, uint64_t call_id);
  // V8 threw microtasks away: modules that were at a top-level await will never go on, so their next import runs them
  // anew.
  void MicrotasksLost(v8::Local<v8::Context> context);
  // Before the isolate is disposed.
  void Clear();

 private:
  ModuleSources sources_;
  std::atomic<bool> has_resolver_{false};
  std::atomic<bool> has_loader_{false};
  ModuleLoader loader_;
  DynamicImports imports_;
  ModuleEvaluation evaluation_;
  int sync_ = 0;
};

}  // namespace isolet
