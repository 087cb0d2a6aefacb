// The modules of one guest: what the host set up (registered sources, whether it has a resolver and a loader), V8's
// questions (import(), import.meta, linking), and evaluation.
//
// The holder of the isolate's lock, inside a frame, unless said otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "calls/ties.h"
#include "modules/loader.h"
#include "modules/runs.h"
#include "modules/source.h"
#include "modules/waits.h"
#include "v8/v8.h"

namespace isolet {

// The host function that resolves and loads: ids that the host gives out start above kWebHostFunction.
inline constexpr uint64_t kModuleHostFunction = 0;

class Modules {
 public:
  explicit Modules(Parts& parts) : parts_(parts), loader_(parts, *this) {}
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

  // Links and runs a module whose graph is there. The promise settles when its top-level awaits have; until then
  // `call_id` waits for it. Empty: an exception is pending.
  v8::MaybeLocal<v8::Promise> Evaluate(v8::Local<v8::Context> context, const std::shared_ptr<ModuleEntry>& entry,
                                       uint64_t call_id);
  // The exports as a plain object. Empty: an exception is pending.
  v8::MaybeLocal<v8::Value> Exports(v8::Local<v8::Context> context, v8::Local<v8::Object> module_namespace);
  // Asynchronous call `call_id` gets the exports, or what went wrong, now or later.
  void AnswerWith(v8::Local<v8::Context> context, uint64_t call_id, const std::shared_ptr<ModuleEntry>& entry);
  // In the frame of a synchronous call whose evaluation answered `promise`, which is pending: the call goes on without
  // its frame, if the guest can settle the promise itself. False: it can't.
  bool WaitWith(v8::Local<v8::Context> context, uint64_t call_id, const std::string& specifier,
                const std::shared_ptr<ModuleEntry>& entry, v8::Local<v8::Promise> promise);
  ModuleWaits& waits() { return waits_; }

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

  // The call was answered before its modules were loaded or had run to their end.
  void AbandonCall(v8::Local<v8::Context> context, uint64_t call_id);
  // V8 threw microtasks away: modules that were at a top-level await will never go on, so their next import runs them
  // anew.
  void MicrotasksLost(v8::Local<v8::Context> context);
  // Before the isolate is disposed.
  void Clear();

  // Native reactions, see external_references.cc.
  static void OnReady(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void OnEvaluated(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void OnThrew(const v8::FunctionCallbackInfo<v8::Value>& info);
  // import.meta.resolve
  static void OnResolve(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  static v8::MaybeLocal<v8::Promise> OnImport(v8::Local<v8::Context> context, v8::Local<v8::Data> options,
                                              v8::Local<v8::Value> resource_name, v8::Local<v8::String> specifier,
                                              v8::Local<v8::FixedArray> attributes);
  static void OnImportMeta(v8::Local<v8::Context> context, v8::Local<v8::Module> module, v8::Local<v8::Object> meta);
  static v8::MaybeLocal<v8::Module> OnLink(v8::Local<v8::Context> context, v8::Local<v8::String> specifier,
                                           v8::Local<v8::FixedArray> attributes, v8::Local<v8::Module> referrer);

  bool React(v8::Local<v8::Context> context, v8::Local<v8::Value> target, const std::shared_ptr<ModuleEntry>& entry,
             v8::Local<v8::Promise> promise);
  void StartImport(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver,
                   const std::shared_ptr<ModuleRequest>& request);
  void RunImport(v8::Local<v8::Context> context, uint64_t id);
  // Evaluates and settles `target`: a resolver, or the number of an asynchronous call.
  void EvaluateFor(v8::Local<v8::Context> context, v8::Local<v8::Value> target,
                   const std::shared_ptr<ModuleEntry>& entry, uint64_t call_id);

  // An import() whose graph is there and that waits for its turn to run.
  struct Import {
    v8::Global<v8::Promise::Resolver> resolver;
    std::shared_ptr<ModuleEntry> entry;
    uint64_t call_id = 0;
    CallTie tie;
  };

  Parts& parts_;
  ModuleSources sources_;
  std::atomic<bool> has_resolver_{false};
  std::atomic<bool> has_loader_{false};
  ModuleLoader loader_;
  std::unordered_map<uint64_t, Import> imports_;
  ModuleRuns runs_{loader_.map()};
  ModuleWaits waits_{parts_};
  uint64_t next_import_ = 1;
  int sync_ = 0;
  int evaluating_ = 0;
};

}  // namespace isolet
