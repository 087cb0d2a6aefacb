// Evaluations that are at a top-level await, and which calls wait for them. A call that is stopped no longer waits; an
// evaluation that nobody waits for any more was stopped with the last, and what of its graph has not come to its end is
// forgotten: the next import loads and runs it anew.
//
// The holder of the isolate's lock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>

#include "modules/map.h"

namespace isolet {

class ModuleRuns {
 public:
  explicit ModuleRuns(ModuleMap& map) : map_(map) {}
  ModuleRuns(const ModuleRuns&) = delete;
  ModuleRuns& operator=(const ModuleRuns&) = delete;

  // `promise` is what evaluating `entry` answered, and has not settled. `call_id` 0: nobody's, it is never stopped.
  void NoteWaiting(v8::Local<v8::Promise> promise, const std::shared_ptr<ModuleEntry>& entry, uint64_t call_id);
  void CallStopped(v8::Local<v8::Context> context, uint64_t call_id);
  // V8 threw microtasks away: none of them will go on.
  void AllStopped(v8::Local<v8::Context> context);
  void Clear() { runs_.clear(); }

 private:
  struct Run {
    v8::Global<v8::Promise> promise;
    std::shared_ptr<ModuleEntry> entry;
    std::set<uint64_t> calls;
  };

  // Takes out those for which `stopped` answers true.
  void Forget(v8::Local<v8::Context> context, const std::function<bool(Run&)>& stopped);
  void Prune(v8::Isolate* isolate);

  ModuleMap& map_;
  std::unordered_map<ModuleEntry*, Run> runs_;
  size_t prune_at_ = 32;
};

}  // namespace isolet
