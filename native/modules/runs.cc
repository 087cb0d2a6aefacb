#include "modules/runs.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace isolet {
namespace {

// Whether the module has begun and not come to its end. V8 counts one as evaluated from its first await on; asked to
// evaluate it again it runs nothing and answers the promise that is still pending then.
bool AtAwait(v8::Local<v8::Context> context, const ModuleEntry& entry) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (entry.module.IsEmpty()) return false;
  v8::Local<v8::Module> module = entry.module.Get(isolate);
  if (module->GetStatus() != v8::Module::kEvaluated || !module->IsGraphAsync()) return false;
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> promise;
  if (!module->Evaluate(context).ToLocal(&promise) || !promise->IsPromise()) return true;
  promise.As<v8::Promise>()->MarkAsHandled();
  return promise.As<v8::Promise>()->State() == v8::Promise::kPending;
}

}  // namespace

void ModuleRuns::NoteWaiting(v8::Local<v8::Promise> promise, const std::shared_ptr<ModuleEntry>& entry,
                             uint64_t call_id) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (runs_.size() >= prune_at_) Prune(isolate);
  Run& run = runs_[entry.get()];
  if (!run.entry) {
    run.entry = entry;
    run.promise.Reset(isolate, promise);
  }
  run.calls.insert(call_id);
}

void ModuleRuns::Prune(v8::Isolate* isolate) {
  v8::HandleScope scope(isolate);
  std::erase_if(runs_,
                [&](const auto& one) { return one.second.promise.Get(isolate)->State() != v8::Promise::kPending; });
  prune_at_ = std::max<size_t>(32, 2 * runs_.size());
}

void ModuleRuns::CallStopped(v8::Local<v8::Context> context, uint64_t call_id) {
  Forget(context, [call_id](Run& run) { return run.calls.erase(call_id) > 0 && run.calls.empty(); });
}

void ModuleRuns::AllStopped(v8::Local<v8::Context> context) {
  Forget(context, [](Run&) { return true; });
}

void ModuleRuns::Forget(v8::Local<v8::Context> context, const std::function<bool(Run&)>& stopped) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  std::vector<std::shared_ptr<ModuleEntry>> gone;
  for (auto it = runs_.begin(); it != runs_.end();) {
    if (!stopped(it->second)) {
      ++it;
      continue;
    }
    if (it->second.promise.Get(isolate)->State() == v8::Promise::kPending) gone.push_back(it->second.entry);
    it = runs_.erase(it);
  }
  if (gone.empty()) return;
  // What others still wait for goes on.
  std::unordered_set<ModuleEntry*> wanted;
  for (const auto& [entry, run] : runs_) {
    if (run.promise.Get(isolate)->State() != v8::Promise::kPending) continue;
    ModuleMap::ForEachReachable(*entry, [&](ModuleEntry& reached) { wanted.insert(&reached); });
  }
  for (const std::shared_ptr<ModuleEntry>& root : gone) {
    ModuleMap::ForEachReachable(*root, [&](ModuleEntry& reached) {
      v8::HandleScope step(isolate);
      if (!wanted.contains(&reached) && AtAwait(context, reached)) map_.Drop(reached);
    });
  }
}

}  // namespace isolet
