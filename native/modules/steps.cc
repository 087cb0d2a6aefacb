// The steps of ModuleLoader: where a request leads, and what the module there is.
#include <optional>
#include <utility>
#include <vector>

#include "calls/gate.h"
#include "calls/parts.h"
#include "modules/loader.h"
#include "modules/modules.h"
#include "modules/names.h"
#include "v8/strings.h"

namespace isolet {

// --- Resolving ---

void ModuleLoader::Resolve(v8::Local<v8::Context> context, const Step& step) {
  const ModuleRequest& request = *step.request;
  auto held = std::make_shared<Try>(*this, step, nullptr);
  if (!AsksResolver(request)) {
    ResolveByRules(context, step);
    return;
  }
  auto take = [this, step, held](v8::Local<v8::Context> context, v8::Local<v8::Value> answer,
                                 v8::Local<v8::Value> thrown) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    if (!step.request->resolving) return;  // somebody else had the answer first
    if (!thrown.IsEmpty()) {
      NotResolved(step.request, thrown);
      return;
    }
    std::string text;
    if (answer->IsString()) text = ToUtf8(isolate, answer.As<v8::String>(), kMaxSpecifier);
    if (text.empty()) {
      ResolveByRules(context, step);
    } else {
      Resolved(context, step, ModuleUrl(text));
    }
  };
  Ask(context, {step, nullptr, std::move(take)});
}

// Joining with a URL of the host's is the host's business too.
bool ModuleLoader::AsksResolver(const ModuleRequest& request) const {
  return modules_.has_resolver() ||
         (IsRelative(request.specifier) && !JoinModuleUrl(request.referrer, request.specifier));
}

std::string ModuleLoader::UrlByRules(const ModuleRequest& request) {
  if (!IsRelative(request.specifier)) return ModuleUrl(request.specifier);
  return JoinModuleUrl(request.referrer, request.specifier).value_or(request.specifier);
}

void ModuleLoader::ResolveByRules(v8::Local<v8::Context> context, const Step& step) {
  Resolved(context, step, UrlByRules(*step.request));
}

// Says where the resolver led, if it did.
std::string ModuleLoader::NothingAt(const ModuleRequest& request, const std::string& url) {
  std::string what = url.starts_with("isolet:") ? "no module is registered under that name"
                                                : "it is not registered, and there is no loader for URLs";
  return url == UrlByRules(request) ? what : "the resolver answered " + url + ", and " + what;
}

void ModuleLoader::Resolved(v8::Local<v8::Context> context, const Step& step, const std::string& url) {
  std::shared_ptr<ModuleRequest> request = step.request;
  std::shared_ptr<const ModuleSource> registered = modules_.sources().Find(url);
  // A registered module has one type, whatever an import says.
  std::string key = registered ? url : url + '\n' + request->type;
  std::shared_ptr<ModuleEntry> entry = map_.Find(key);
  bool isNew = !entry;
  if (isNew) {
    bool ours = url.starts_with("isolet:");
    if (!registered && (ours || !modules_.has_loader())) {
      NotResolved(request, Failed(context, *request, true, NothingAt(*request, url), {}));
      return;
    }
    entry = map_.Add(key, url, request->type);
    if (!entry) {
      NotResolved(request, Failed(context, *request, false, "the runtime has too many modules", {}));
      return;
    }
  }
  request->target = entry;
  request->resolving = false;
  std::vector<uint64_t> jobs = std::exchange(request->jobs, {});
  for (uint64_t job : jobs) Visit(context, job, request);
  if (isNew && entry->state == ModuleEntry::State::kLoading) {
    Job* job = FindJob(step.job);
    if (job == nullptr || !job->sync) Load(context, step, entry);
  }
  for (uint64_t job : jobs) StepDone(job);
}

void ModuleLoader::NotResolved(const std::shared_ptr<ModuleRequest>& request, v8::Local<v8::Value> error) {
  if (parts_.gate().stopping()) return;  // it may be why
  request->target.reset();
  FinishAll(&request->jobs, error);
  if (request->jobs.empty()) request->resolving = false;
}

// --- Loading ---

void ModuleLoader::Load(v8::Local<v8::Context> context, const Step& step, const std::shared_ptr<ModuleEntry>& entry) {
  auto held = std::make_shared<Try>(*this, step, entry);
  if (std::shared_ptr<const ModuleSource> registered = modules_.sources().Find(entry->url)) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    v8::TryCatch catcher(isolate);
    ArrivedSource source;
    source.type = registered->type;
    if (TakeIn(parts_, *registered).ToLocal(&source.content)) {
      Compile(context, step, entry, source);
    } else if (catcher.HasCaught() && !catcher.HasTerminated()) {
      v8::Local<v8::Value> error = catcher.Exception();
      catcher.Reset();
      NotLoaded(entry, error);
    }
    return;
  }
  auto take = [this, step, entry, held](v8::Local<v8::Context> context, v8::Local<v8::Value> answer,
                                        v8::Local<v8::Value> thrown) {
    if (entry->state != ModuleEntry::State::kLoading) return;
    if (!thrown.IsEmpty()) {
      NotLoaded(entry, thrown);
    } else {
      Arrived(context, step, entry, answer);
    }
  };
  Ask(context, {step, entry, std::move(take)});
}

// The answer of lib/: null (nothing there), or [type, source], where a null type means what the import asked for.
void ModuleLoader::Arrived(v8::Local<v8::Context> context, const Step& step, const std::shared_ptr<ModuleEntry>& entry,
                           v8::Local<v8::Value> answer) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> type, content;
  if (!answer->IsArray() || !answer.As<v8::Array>()->Get(context, 0).ToLocal(&type) ||
      !answer.As<v8::Array>()->Get(context, 1).ToLocal(&content)) {
    NotLoaded(entry, Failed(context, *step.request, true, "the loader has nothing for " + entry->url, {}));
    return;
  }
  ArrivedSource source;
  source.content = content;
  std::string name = type->IsString() ? ToUtf8(isolate, type.As<v8::String>(), 16) : entry->type;
  source.type = ModuleTypeOf(name).value_or(ModuleType::kJs);
  bool binary = source.type == ModuleType::kBytes || source.type == ModuleType::kWasm;
  if (binary ? !content->IsUint8Array() : !content->IsString()) {
    NotLoaded(entry,
              Failed(context, *step.request, false, "the loader's source does not fit the type '" + name + "'", {}));
    return;
  }
  Compile(context, step, entry, source);
}

void ModuleLoader::Compile(v8::Local<v8::Context> context, const Step& step, const std::shared_ptr<ModuleEntry>& entry,
                           const ArrivedSource& source) {
  if (!step.request->type.empty() && ModuleTypeOf(step.request->type) != source.type) {
    NotLoaded(entry, Failed(context, *step.request, false,
                            std::string("it is of type '") + kModuleTypes[static_cast<size_t>(source.type)] +
                                "', the import says '" + step.request->type + "'",
                            {}));
    return;
  }
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Module> module;
  std::vector<std::shared_ptr<ModuleRequest>> imports;
  if (!CompileModule(parts_, context, *entry, source).ToLocal(&module) ||
      !ReadRequests(context, module, entry->url, &imports)) {
    if (catcher.HasTerminated() || !catcher.HasCaught()) return;
    v8::Local<v8::Value> error = catcher.Exception();
    catcher.Reset();
    NotLoaded(entry, error);
    return;
  }
  if (!map_.SetModule(entry, module, std::move(imports))) {
    NotLoaded(entry, Failed(context, *step.request, false, "it imports too much", {}));
    return;
  }
  for (uint64_t job : std::exchange(entry->jobs, {})) {
    for (const auto& import : entry->imports) Queue(job, import);
    StepDone(job);
  }
}

void ModuleLoader::NotLoaded(const std::shared_ptr<ModuleEntry>& entry, v8::Local<v8::Value> error) {
  if (parts_.gate().stopping()) return;  // it may be why
  FinishAll(&entry->jobs, error);
  if (entry->jobs.empty()) map_.Drop(*entry);
}

}  // namespace isolet
