#include "modules/evaluation.h"

#include <iterator>
#include <utility>

#include "boundary/answer.h"
#include "boundary/crossing.h"
#include "boundary/module_failure.h"
#include "calls/gate.h"
#include "calls/parts.h"
#include "calls/table.h"
#include "modules/compiler.h"
#include "modules/modules.h"
#include "modules/reactions.h"
#include "v8/strings.h"

namespace isolet {
namespace {

void ThrowModuleError(v8::Local<v8::Context> context, const ModuleEntry& entry, const char* why) {
  ModuleFailure failure;
  failure.specifier = entry.url;
  failure.message = "Module " + entry.url + " " + why;
  v8::Isolate::GetCurrent()->ThrowException(NewModuleError(context, failure, {}));
}

// [target, namespace], as EvaluateFor packs it. Its elements are its own: no guest code is asked.
bool Unpack(const v8::FunctionCallbackInfo<v8::Value>& info, v8::Local<v8::Value>* target,
            v8::Local<v8::Value>* module_namespace) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  v8::Local<v8::Array> pair = info.Data().As<v8::Array>();
  return pair->Get(context, 0).ToLocal(target) && pair->Get(context, 1).ToLocal(module_namespace);
}

uint64_t CallIdOf(v8::Local<v8::Value> target) { return static_cast<uint64_t>(target.As<v8::Number>()->Value()); }

}  // namespace

v8::MaybeLocal<v8::Module> ModuleEvaluation::OnLink(v8::Local<v8::Context> context, v8::Local<v8::String> specifier,
                                                    v8::Local<v8::FixedArray> attributes,
                                                    v8::Local<v8::Module> referrer) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Parts* parts = Parts::Of(isolate);
  ModuleEntry* entry = parts->modules().loader().map().Find(referrer);
  std::string text = ToUtf8(isolate, specifier, kMaxSpecifier), type;
  if (!ReadTypeAttribute(context, attributes, 3, &type)) return {};
  if (entry != nullptr) {
    auto found = entry->links.find(text + '\n' + type);
    if (found != entry->links.end()) {
      const std::shared_ptr<ModuleEntry>& target = entry->imports[found->second]->target;
      if (target && !target->module.IsEmpty()) return target->module.Get(isolate);
    }
  }
  isolate->ThrowException(v8::Exception::Error(Name(isolate, "An imported module was unloaded meanwhile")));
  return {};
}

v8::MaybeLocal<v8::Promise> ModuleEvaluation::Evaluate(v8::Local<v8::Context> context,
                                                       const std::shared_ptr<ModuleEntry>& entry, uint64_t call_id) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Module> module = entry->module.Get(isolate);
  if (module->GetStatus() == v8::Module::kUninstantiated && module->InstantiateModule(context, OnLink).IsNothing()) {
    return {};
  }
  if (evaluating_ > 0) {
    // The host called back from inside a module: V8 can't evaluate a graph that is being evaluated further up.
    bool busy = false;
    ModuleMap::ForEachReachable(*entry, [&](ModuleEntry& reached) {
      busy = busy || reached.module.IsEmpty() || reached.module.Get(isolate)->GetStatus() == v8::Module::kEvaluating;
    });
    if (busy) {
      ThrowModuleError(context, *entry, "is still being evaluated, it can't be entered again from a host function");
      return {};
    }
  }
  if (module->GetStatus() == v8::Module::kErrored) {
    isolate->ThrowException(module->GetException());
    return {};
  }
  const bool ran_before = module->GetStatus() == v8::Module::kEvaluated;
  ++evaluating_;
  v8::Local<v8::Value> value;
  bool ran = module->Evaluate(context).ToLocal(&value);
  --evaluating_;
  if (!ran || parts_.gate().stopping()) {
    // Stopped in the middle: V8 would end the guest again at the next import of what it left unfinished. One with a
    // top-level await counts as evaluated from its first one on, and may never come to its end.
    ModuleMap::ForEachReachable(*entry, [&](ModuleEntry& reached) {
      if (reached.module.IsEmpty()) return;
      v8::Module::Status status = reached.module.Get(isolate)->GetStatus();
      bool unfinished =
          status != v8::Module::kEvaluated || (!ran_before && reached.module.Get(isolate)->IsGraphAsync());
      if (unfinished) map_.Drop(reached);
    });
    return {};
  }
  v8::Local<v8::Promise> promise = value.As<v8::Promise>();
  if (promise->State() == v8::Promise::kPending) runs_.NoteWaiting(promise, entry, call_id);
  return scope.Escape(promise);
}

v8::MaybeLocal<v8::Value> ModuleEvaluation::Exports(v8::Local<v8::Context> context,
                                                    v8::Local<v8::Object> module_namespace) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Array> names;
  if (!module_namespace
           ->GetOwnPropertyNames(context, static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS),
                                 v8::KeyConversionMode::kConvertToString)
           .ToLocal(&names)) {
    return {};
  }
  v8::Local<v8::Object> object = v8::Object::New(isolate);
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::HandleScope step(isolate);
    v8::Local<v8::Value> name, value;
    if (!names->Get(context, i).ToLocal(&name) || !module_namespace->Get(context, name).ToLocal(&value) ||
        object->CreateDataProperty(context, name.As<v8::Name>(), value).IsNothing()) {
      return {};
    }
  }
  return scope.Escape(object.As<v8::Value>());
}

void ModuleEvaluation::AnswerWith(v8::Local<v8::Context> context, uint64_t call_id,
                                  const std::shared_ptr<ModuleEntry>& entry) {
  EvaluateFor(context, v8::Number::New(v8::Isolate::GetCurrent(), static_cast<double>(call_id)), entry, call_id);
}

void ModuleEvaluation::EvaluateFor(v8::Local<v8::Context> context, v8::Local<v8::Value> target,
                                   const std::shared_ptr<ModuleEntry>& entry, uint64_t call_id) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Promise> promise;
  if (Evaluate(context, entry, call_id).ToLocal(&promise) && React(context, target, entry, promise)) return;
  if (catcher.HasTerminated() || !catcher.HasCaught()) return;
  v8::Local<v8::Value> error = catcher.Exception();
  catcher.Reset();
  if (target->IsNumber()) {
    AnswerError(parts_, context, CallIdOf(target), error);
  } else {
    Reject(context, target.As<v8::Promise::Resolver>(), error);
  }
}

bool ModuleEvaluation::React(v8::Local<v8::Context> context, v8::Local<v8::Value> target,
                             const std::shared_ptr<ModuleEntry>& entry, v8::Local<v8::Promise> promise) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> pair[] = {target, entry->module.Get(isolate)->GetModuleNamespace()};
  v8::Local<v8::Array> data = v8::Array::New(isolate, pair, std::size(pair));
  v8::Local<v8::Function> evaluated, threw;
  v8::Local<v8::Promise> derived;
  return NewReaction(context, OnEvaluated, data).ToLocal(&evaluated) &&
         NewReaction(context, OnThrew, data).ToLocal(&threw) &&
         promise->Then(context, evaluated, threw).ToLocal(&derived);
}

bool ModuleEvaluation::WaitWith(v8::Local<v8::Context> context, uint64_t call_id, const std::string& specifier,
                                const std::shared_ptr<ModuleEntry>& entry, v8::Local<v8::Promise> promise) {
  if (!waits_.Begin(call_id, specifier)) return false;
  v8::Local<v8::Value> target = v8::Number::New(v8::Isolate::GetCurrent(), static_cast<double>(call_id));
  if (React(context, target, entry, promise)) return true;
  parts_.calls().Take(call_id);
  return false;
}

void ModuleEvaluation::OnEvaluated(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Value> target, module_namespace;
  if (parts == nullptr || !Unpack(info, &target, &module_namespace)) return;
  v8::TryCatch catcher(isolate);
  if (target->IsNumber()) {
    v8::MaybeLocal<v8::Value> exports = ModuleEvaluation::Exports(context, module_namespace.As<v8::Object>());
    Answer(*parts, context, CallIdOf(target), CallKind::kEvalModuleAsync, exports, &catcher);
  } else if (target.As<v8::Promise::Resolver>()->Resolve(context, module_namespace).IsNothing()) {
    return;
  }
}

void ModuleEvaluation::OnThrew(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Value> target, module_namespace;
  if (parts == nullptr || !Unpack(info, &target, &module_namespace)) return;
  if (target->IsNumber()) {
    AnswerError(*parts, context, CallIdOf(target), info[0]);
  } else {
    Reject(context, target.As<v8::Promise::Resolver>(), info[0]);
  }
}

void ModuleEvaluation::Clear() {
  runs_.Clear();
  waits_.Clear();
}

}  // namespace isolet
