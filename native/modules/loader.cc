#include "modules/loader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "calls/entry_state.h"
#include "calls/gate.h"
#include "calls/parts.h"
#include "entry/frame.h"
#include "modules/modules.h"

namespace isolet {
namespace {

constexpr size_t kMaxJobs = 4096;

}  // namespace

ModuleLoader::Job* ModuleLoader::FindJob(uint64_t id) {
  auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : &found->second;
}

void ModuleLoader::Start(v8::Local<v8::Context> context, const std::shared_ptr<ModuleRequest>& request,
                         uint64_t call_id, bool sync, Done done) {
  if (jobs_.size() >= kMaxJobs) {
    done(nullptr, Failed(context, *request, false, "too many modules are being loaded", {}));
    return;
  }
  uint64_t id = next_job_++;
  Job& job = jobs_[id];
  parts_.entry_state().loads_modules = true;
  job.call_id = call_id;
  job.sync = sync;
  job.root = request;
  job.done = std::move(done);
  Queue(id, request);
  Pump(context);
  if (FindJob(id) == nullptr) return;
  if (parts_.gate().stopping()) {
    Abandon(id);
  } else if (sync) {
    Finish(id, Failed(context, *request, false, "it was interrupted", {}));
  }
}

void ModuleLoader::Queue(uint64_t id, std::shared_ptr<ModuleRequest> request) {
  if (Job* job = FindJob(id)) {
    ++job->pending;
    steps_.push_back({id, std::move(request)});
  }
}

void ModuleLoader::Pump(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  while (!(steps_.empty() && unanswered_.empty()) && !parts_.gate().stopping()) {
    v8::HandleScope scope(isolate);
    if (!unanswered_.empty()) {
      Unanswered one = std::move(unanswered_.front());
      unanswered_.pop_front();
      TryAgain(context, one);
      continue;
    }
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
  Wait(&request.jobs, step.job);
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
  if (!job->visited.insert(entry).second) return;
  if (entry->state == ModuleEntry::State::kReady) {
    for (const auto& import : entry->imports) Queue(id, import);
    return;
  }
  ++job->pending;
  Wait(&entry->jobs, id);
  if (job->sync) Load(context, {id, request}, entry);
}

// Until a stop, so that the next request for them can tell the rest.
void ModuleLoader::FinishAll(std::vector<uint64_t>* jobs, v8::Local<v8::Value> error) {
  while (!jobs->empty() && !parts_.gate().stopping()) {
    uint64_t id = jobs->front();
    jobs->erase(jobs->begin());
    Finish(id, error);
  }
}

// Ids of jobs that are gone stay in the lists; no list gets longer than there are jobs.
void ModuleLoader::Wait(std::vector<uint64_t>* jobs, uint64_t id) {
  if (jobs->size() >= jobs_.size()) RemoveGone(jobs);
  jobs->push_back(id);
}

void ModuleLoader::RemoveGone(std::vector<uint64_t>* jobs) {
  std::erase_if(*jobs, [this](uint64_t id) { return FindJob(id) == nullptr; });
}

// --- Stops ---

void ModuleLoader::Abandon(uint64_t id) {
  auto found = jobs_.find(id);
  if (found == jobs_.end()) return;
  Job job = std::move(found->second);
  jobs_.erase(found);
  std::erase_if(steps_, [id](const Step& step) { return step.job == id; });
  job.done(nullptr, {});
}

void ModuleLoader::AbandonWhere(const std::function<bool(const Job&)>& match) {
  std::vector<uint64_t> ids;
  for (const auto& [id, job] : jobs_) {
    if (match(job)) ids.push_back(id);
  }
  for (uint64_t id : ids) Abandon(id);
}

void ModuleLoader::AbandonCall(uint64_t call_id) {
  AbandonWhere([call_id](const Job& job) { return job.root->is_entry && job.call_id == call_id; });
}

void ModuleLoader::AbandonImports() {
  AbandonWhere([](const Job& job) { return !job.root->is_entry; });
}

ModuleLoader::Try::Try(ModuleLoader& loader, Step step, std::shared_ptr<ModuleEntry> entry)
    : loader_(loader), step_(std::move(step)), entry_(std::move(entry)) {
  ++(entry_ ? entry_->tries : step_.request->tries);
}

ModuleLoader::Try::~Try() {
  --(entry_ ? entry_->tries : step_.request->tries);
  Unanswered one{step_, entry_, loader_.parts_.gate().stopping()};
  if (!one.answered()) loader_.unanswered_.push_back(std::move(one));
}

void ModuleLoader::TryAgain(v8::Local<v8::Context> context, const Unanswered& one) {
  if (one.answered()) return;
  std::vector<uint64_t>& jobs = one.jobs();
  RemoveGone(&jobs);
  if (jobs.empty()) {
    Forget(one);
    return;
  }
  bool own = std::find(jobs.begin(), jobs.end(), one.step.job) != jobs.end();
  Step step{own ? one.step.job : jobs.front(), one.step.request};
  // Others have asked; only a synchronous job can't wait for their answer.
  if (one.tries() > 0 && !(own && FindJob(step.job)->sync)) return;
  if (!one.stopped) {
    Try held(*this, step, one.entry);
    v8::Local<v8::Value> error = Failed(context, *step.request, false, "there was no answer", {});
    one.entry ? NotLoaded(one.entry, error) : NotResolved(step.request, error);
  } else if (one.entry) {
    Load(context, step, one.entry);
  } else {
    Resolve(context, step);
  }
}

// Nobody waits: the next request asks anew.
void ModuleLoader::Forget(const Unanswered& one) {
  if (one.tries() > 0) return;
  if (one.entry) {
    map_.Drop(*one.entry);
  } else {
    one.step.request->resolving = false;
  }
}

// The job that has something to go on with; 0 if there is none.
uint64_t ModuleLoader::NextToResume() {
  while (!unanswered_.empty()) {
    const Unanswered& one = unanswered_.front();
    RemoveGone(&one.jobs());
    if (!one.answered() && !one.jobs().empty()) return one.jobs().front();
    if (!one.answered()) Forget(one);
    unanswered_.pop_front();
  }
  while (!steps_.empty() && FindJob(steps_.front().job) == nullptr) steps_.pop_front();
  return steps_.empty() ? 0 : steps_.front().job;
}

void ModuleLoader::Resume(const IsolateLock& lock) {
  uint64_t id = NextToResume();
  Job* job = FindJob(id);
  if (job == nullptr) return;
  bool done = false;
  RunContinuation(lock, job->call_id, [&] {
    Pump(lock.context());
    done = !parts_.gate().stopping();
  });
  // Stopped again, maybe in a frame without a call: what never ends is not tried for ever.
  if (!done) Abandon(id);
}

void ModuleLoader::Clear() {
  steps_.clear();
  questions_.clear();
  waiting_.clear();
  unanswered_.clear();
  jobs_.clear();
  map_.Clear();
}

}  // namespace isolet
