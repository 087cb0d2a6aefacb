#include "engine/module_loader.h"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "engine/crossing.h"
#include "engine/guest.h"
#include "engine/module_failure.h"
#include "engine/module_names.h"
#include "engine/modules.h"
#include "engine/strings.h"

namespace isolet {
namespace {

constexpr size_t kMaxJobs = 4096;
constexpr size_t kMaxWaiting = 1024;  // questions the host has not answered

v8::Local<v8::Value> TextOrNull(v8::Isolate* isolate, const std::string& text) {
  v8::Local<v8::String> string;
  if (text.empty() || !FromUtf8(isolate, text).ToLocal(&string)) return v8::Null(isolate);
  return string;
}

// The text of what the host threw: a copy that no guest code has seen.
std::string MessageOf(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> message;
  if (thrown->IsNativeError() &&
      thrown.As<v8::Object>()->GetRealNamedProperty(context, Name(isolate, "message")).ToLocal(&message) &&
      message->IsString()) {
    return ToUtf8(isolate, message.As<v8::String>(), 2000);
  }
  return Describe(isolate, thrown, 2000);
}

}  // namespace

// --- Jobs ---

ModuleLoader::Job* ModuleLoader::FindJob(uint64_t id) {
  auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : &found->second;
}

void ModuleLoader::Start(v8::Local<v8::Context> context, std::shared_ptr<ModuleRequest> request, uint64_t call_id,
                         bool sync, Done done) {
  if (jobs_.size() >= kMaxJobs) {
    done(nullptr, Failed(context, *request, false, "too many modules are being loaded", {}));
    return;
  }
  uint64_t id = next_job_++;
  Job& job = jobs_[id];
  job.call_id = call_id;
  job.sync = sync;
  job.root = request;
  job.done = std::move(done);
  Queue(id, std::move(request));
  Pump(context);
}

void ModuleLoader::Queue(uint64_t id, std::shared_ptr<ModuleRequest> request) {
  if (Job* job = FindJob(id)) {
    ++job->pending;
    steps_.push_back({id, std::move(request)});
  }
}

void ModuleLoader::Pump(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  while (!steps_.empty() && !guest_.gate().stopping()) {
    v8::HandleScope scope(isolate);
    Step step = std::move(steps_.front());
    steps_.pop_front();
    if (FindJob(step.job) == nullptr) continue;
    Follow(context, step);
    StepDone(step.job);
  }
}

// One step of the job is done; after the last the graph is complete.
void ModuleLoader::StepDone(uint64_t id) {
  Job* job = FindJob(id);
  if (job != nullptr && --job->pending == 0) Finish(id, {});
}

void ModuleLoader::Finish(uint64_t id, v8::Local<v8::Value> error) {
  auto found = jobs_.find(id);
  if (found == jobs_.end()) return;
  Job job = std::move(found->second);
  jobs_.erase(found);
  job.done(error.IsEmpty() ? job.root->target : nullptr, error);
}

void ModuleLoader::Follow(v8::Local<v8::Context> context, const Step& step) {
  ModuleRequest& request = *step.request;
  if (request.target && request.target->state != ModuleEntry::State::kFailed) {
    Visit(context, step.job, step.request);
    return;
  }
  Job* job = FindJob(step.job);
  ++job->pending;
  request.jobs.push_back(step.job);
  // A synchronous job can't wait for what another has asked: it asks again.
  if (request.resolving && !job->sync) return;
  request.resolving = true;
  Resolve(context, step);
}

// The request's module is known: goes on with what it imports, now or when it is loaded.
void ModuleLoader::Visit(v8::Local<v8::Context> context, uint64_t id, const std::shared_ptr<ModuleRequest>& request) {
  Job* job = FindJob(id);
  if (job == nullptr) return;
  std::shared_ptr<ModuleEntry> entry = request->target;
  if (!job->visited.insert(entry.get()).second) return;
  if (entry->state == ModuleEntry::State::kReady) {
    for (const auto& import : entry->imports) Queue(id, import);
    return;
  }
  ++job->pending;
  entry->jobs.push_back(id);
  if (job->sync) Load(context, {id, request}, entry);
}

// --- Resolving ---

void ModuleLoader::Resolve(v8::Local<v8::Context> context, const Step& step) {
  const ModuleRequest& request = *step.request;
  // Joining with a URL of the host's is the host's business too.
  bool foreign = IsRelative(request.specifier) && !JoinModuleUrl(request.referrer, request.specifier);
  if (!modules_.has_resolver() && !foreign) {
    ResolveByRules(context, step);
    return;
  }
  Ask(context, step, Question::kResolve, request.specifier,
      [this, step](v8::Local<v8::Context> context, v8::Local<v8::Value> answer, v8::Local<v8::Value> thrown) {
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
      });
}

void ModuleLoader::ResolveByRules(v8::Local<v8::Context> context, const Step& step) {
  const ModuleRequest& request = *step.request;
  std::string url = ModuleUrl(request.specifier);
  if (IsRelative(request.specifier)) {
    url = JoinModuleUrl(request.referrer, request.specifier).value_or(request.specifier);
  }
  Resolved(context, step, url);
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
      NotResolved(request, Failed(context, *request, true,
                                  ours ? "no module is registered under that name"
                                       : "it is not registered, and there is no loader for URLs",
                                  {}));
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
  request->resolving = false;
  request->target.reset();
  for (uint64_t job : std::exchange(request->jobs, {})) Finish(job, error);
}

// --- Loading ---

void ModuleLoader::Load(v8::Local<v8::Context> context, const Step& step, const std::shared_ptr<ModuleEntry>& entry) {
  if (std::shared_ptr<const ModuleSource> registered = modules_.sources().Find(entry->url)) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    v8::TryCatch catcher(isolate);
    ArrivedSource source;
    source.type = registered->type;
    if (TakeIn(guest_, *registered).ToLocal(&source.content)) {
      Compile(context, step, entry, source);
    } else if (catcher.HasCaught() && !catcher.HasTerminated()) {
      v8::Local<v8::Value> error = catcher.Exception();
      catcher.Reset();
      NotLoaded(entry, error);
    }
    return;
  }
  Ask(context, step, Question::kLoad, entry->url,
      [this, step, entry](v8::Local<v8::Context> context, v8::Local<v8::Value> answer, v8::Local<v8::Value> thrown) {
        if (entry->state != ModuleEntry::State::kLoading) return;
        if (!thrown.IsEmpty()) {
          NotLoaded(entry, thrown);
        } else {
          Arrived(context, step, entry, answer);
        }
      });
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
  if (!CompileModule(guest_, context, *entry, source).ToLocal(&module) ||
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
  map_.Drop(*entry);
  for (uint64_t job : std::exchange(entry->jobs, {})) Finish(job, error);
}

// --- The host ---

void ModuleLoader::Ask(v8::Local<v8::Context> context, const Step& step, Question question, const std::string& subject,
                       Take take) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const ModuleRequest& request = *step.request;
  Job* job = FindJob(step.job);
  bool sync = job != nullptr && job->sync;
  uint64_t call_id = job != nullptr ? job->call_id : 0;
  v8::Local<v8::Value> arguments[] = {
      Name(isolate, question == Question::kResolve ? "resolve" : "load"),
      TextOrNull(isolate, subject),
      TextOrNull(isolate, request.referrer),
      TextOrNull(isolate, request.type),
      v8::Boolean::New(isolate, request.is_entry),
      v8::Boolean::New(isolate, sync),
  };
  std::string doing = question == Question::kResolve ? "the resolver failed: " : "";
  auto left = LeaveList(guest_, context, arguments, std::size(arguments), "arguments");
  auto* message = std::get_if<value::Message>(&left);
  if (message == nullptr || waiting_.size() >= kMaxWaiting) {
    if (message != nullptr) DropMessage(guest_, *message);
    take(context, {}, Failed(context, request, false, "the host is asked for too many modules at once", {}));
    return;
  }
  // Says what the host threw in the words of a module error.
  Take whole = [this, doing, request = step.request, take = std::move(take)](
                   v8::Local<v8::Context> context, v8::Local<v8::Value> answer, v8::Local<v8::Value> thrown) {
    if (!thrown.IsEmpty()) {
      thrown = Failed(context, *request, false, doing + MessageOf(context, thrown), thrown);
    }
    take(context, answer, thrown);
  };
  HostCall call;
  call.function_id = kModuleHostFunction;
  call.call_id = call_id;
  call.arguments = std::move(*message);
  call.promise_id = guest_.promises().NextCallPromiseId();
  uint64_t promise_id = call.promise_id;
  waiting_[promise_id] = {call_id, std::move(whole)};
  if (!sync) {
    call.mode = HostCallMode::kAsync;
    guest_.host().PostHostCall(std::move(call));
    return;
  }
  call.promise_id = 0;
  call.mode = HostCallMode::kSync;
  std::optional<HostReply> reply = AskHost(guest_, std::move(call));
  if (!reply || guest_.gate().stopping()) {
    waiting_.erase(promise_id);
    return;
  }
  Settle(context, promise_id, std::move(*reply));
}

uint64_t ModuleLoader::CallOf(uint64_t promise_id) const {
  auto found = waiting_.find(promise_id);
  return found == waiting_.end() ? 0 : found->second.call_id;
}

void ModuleLoader::Settle(v8::Local<v8::Context> context, uint64_t promise_id, HostReply reply) {
  auto found = waiting_.find(promise_id);
  if (found == waiting_.end()) {
    DropArrival(guest_, reply.value);
    return;
  }
  Take take = std::move(found->second.take);
  waiting_.erase(found);
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Value> value;
  bool threw = false;
  if (!ArriveReply(guest_, context, reply, &threw).ToLocal(&value)) return;
  v8::Local<v8::Value> none;
  if (threw) {
    take(context, none, value);
  } else {
    take(context, value, none);
  }
  Pump(context);
}

v8::Local<v8::Value> ModuleLoader::Failed(v8::Local<v8::Context> context, const ModuleRequest& request, bool not_found,
                                          const std::string& why, v8::Local<v8::Value> cause) {
  ModuleFailure failure;
  failure.not_found = not_found;
  failure.specifier = request.specifier;
  failure.referrer = request.referrer;
  failure.message = (not_found ? "Cannot find module '" : "Loading module '") + request.specifier + "'";
  if (!request.referrer.empty()) failure.message += " imported from " + request.referrer;
  failure.message += (not_found ? ": " : " failed: ") + why;
  return NewModuleError(context, failure, cause);
}

void ModuleLoader::Clear() {
  steps_.clear();
  waiting_.clear();
  jobs_.clear();
  map_.Clear();
}

}  // namespace isolet
