// Linking and running graphs of modules that are there, and what becomes of the promise that V8 answers: exports or an
// error for whoever waits. An asynchronous call waits in the call table, an import() with a promise of its own.
//
// The holder of the isolate's lock, inside a frame.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "modules/map.h"
#include "modules/runs.h"
#include "modules/waits.h"
#include "v8/v8.h"

namespace isolet {

class ModuleEvaluation {
 public:
  ModuleEvaluation(Parts& parts, ModuleMap& map) : parts_(parts), map_(map) {}
  ModuleEvaluation(const ModuleEvaluation&) = delete;
  ModuleEvaluation& operator=(const ModuleEvaluation&) = delete;

  // The promise settles when its top-level awaits have; until then `call_id` waits for it. Empty: an exception is
  // pending.
  v8::MaybeLocal<v8::Promise> Evaluate(v8::Local<v8::Context> context, const std::shared_ptr<ModuleEntry>& entry,
                                       uint64_t call_id);
  // The exports as a plain object. Empty: an exception is pending.
  static v8::MaybeLocal<v8::Value> Exports(v8::Local<v8::Context> context, v8::Local<v8::Object> module_namespace);
  // Asynchronous call `call_id` gets the exports, or what went wrong, now or later.
  void AnswerWith(v8::Local<v8::Context> context, uint64_t call_id, const std::shared_ptr<ModuleEntry>& entry);
  // Evaluates and settles `target`: a resolver, or the number of an asynchronous call.
  void EvaluateFor(v8::Local<v8::Context> context, v8::Local<v8::Value> target,
                   const std::shared_ptr<ModuleEntry>& entry, uint64_t call_id);
  // In the frame of a synchronous call whose evaluation answered `promise`, which is pending: the call goes on without
  // its frame, if the guest can settle the promise itself. False: it can't.
  bool WaitWith(v8::Local<v8::Context> context, uint64_t call_id, const std::string& specifier,
                const std::shared_ptr<ModuleEntry>& entry, v8::Local<v8::Promise> promise);

  ModuleWaits& waits() { return waits_; }
  const ModuleWaits& waits() const { return waits_; }
  ModuleRuns& runs() { return runs_; }
  // Before the isolate is disposed.
  void Clear();

  // Native reactions, see external_references.cc.
  static void OnEvaluated(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void OnThrew(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  static v8::MaybeLocal<v8::Module> OnLink(v8::Local<v8::Context> context, v8::Local<v8::String> specifier,
                                           v8::Local<v8::FixedArray> attributes, v8::Local<v8::Module> referrer);

  bool React(v8::Local<v8::Context> context, v8::Local<v8::Value> target, const std::shared_ptr<ModuleEntry>& entry,
             v8::Local<v8::Promise> promise);

  Parts& parts_;
  ModuleMap& map_;
  ModuleRuns runs_{map_};
  ModuleWaits waits_{parts_};
  int evaluating_ = 0;
};

}  // namespace isolet
