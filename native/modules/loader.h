// Loading: from an import to a graph whose every module is there. Asks the registry, and the host's resolver and
// loader.
//
// A job is one graph that somebody waits for: an entry of the host's or an import(). Jobs share modules and what is
// being loaded. A job that waits does not hold the guest: its answers come in as tasks of the mailbox. Only a
// synchronous job (evalModule) waits for the host on the spot.
//
// A stop may end a job anywhere. The job that was being started goes, and nothing of it stays behind; what it was just
// asking for other jobs is asked again in frames of theirs.
//
// The holder of the isolate's lock, inside a frame. Nothing here runs guest code; asking the host in a synchronous job
// may, so nothing is held across it but shared pointers and ids.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "calls/reply_slot.h"
#include "isolate/lock.h"
#include "modules/compiler.h"
#include "modules/map.h"

namespace isolet {

class Modules;

class ModuleLoader {
 public:
  ModuleLoader(Parts& parts, Modules& modules) : parts_(parts), modules_(modules) {}
  ModuleLoader(const ModuleLoader&) = delete;
  ModuleLoader& operator=(const ModuleLoader&) = delete;

  // How a job ended: the root of the graph, or the error, or neither because it was stopped.
  using Done = std::function<void(std::shared_ptr<ModuleEntry> root, v8::Local<v8::Value> error)>;

  // Calls `done` once, when the graph is there or can't be had: before it returns if nobody had to be asked, if it is
  // stopped, and always for a synchronous job, which may therefore refer to its caller's variables; else later in a
  // frame of its own. Dropped if the guest is.
  void Start(v8::Local<v8::Context> context, const std::shared_ptr<ModuleRequest>& request, uint64_t call_id, bool sync,
             Done done);

  // Answers of the host.
  bool Expects(uint64_t promise_id) const { return waiting_.count(promise_id) > 0; }
  uint64_t CallOf(uint64_t promise_id) const;
  void Settle(v8::Local<v8::Context> context, uint64_t promise_id, HostReply reply);

  // The URL that an import would lead to, found out on the spot; the host's resolver is waited for. None: an exception
  // is pending.
  std::optional<std::string> ResolveNow(v8::Local<v8::Context> context, const ModuleRequest& request);

  // The call has its answer: nobody waits for its own graph any more.
  void AbandonCall(uint64_t call_id);
  // No import() that waits will go on.
  void AbandonImports();

  // A stop left something undone that jobs wait for: a turn of its own has to Resume.
  bool unfinished() const { return !jobs_.empty() && !(steps_.empty() && unanswered_.empty()); }
  void Resume(const IsolateLock& lock);
  bool idle() const { return jobs_.empty(); }

  ModuleMap& map() { return map_; }
  void Clear();

 private:
  struct Job {
    uint64_t call_id = 0;
    bool sync = false;
    size_t pending = 0;  // steps that are queued or wait
    std::unordered_set<std::shared_ptr<ModuleEntry>> visited;
    std::shared_ptr<ModuleRequest> root;
    Done done;
  };
  struct Step {
    uint64_t job;
    std::shared_ptr<ModuleRequest> request;
  };
  // Finding out where a request leads, or what is at an entry. Whoever does it holds one of these; if the last goes and
  // there is no answer, somebody has to try again.
  class Try {
   public:
    Try(ModuleLoader& loader, Step step, std::shared_ptr<ModuleEntry> entry);
    ~Try();
    Try(const Try&) = delete;
    Try& operator=(const Try&) = delete;

   private:
    ModuleLoader& loader_;
    const Step step_;
    const std::shared_ptr<ModuleEntry> entry_;  // null: where the request leads
  };
  struct Unanswered {
    Step step;
    std::shared_ptr<ModuleEntry> entry;
    bool stopped;

    bool answered() const { return entry ? entry->state != ModuleEntry::State::kLoading : !step.request->resolving; }
    size_t tries() const { return entry ? entry->tries : step.request->tries; }
    std::vector<uint64_t>& jobs() const { return entry ? entry->jobs : step.request->jobs; }
  };
  // Takes the host's answer; `thrown` is set instead if there is none.
  using Take = std::function<void(v8::Local<v8::Context>, v8::Local<v8::Value> answer, v8::Local<v8::Value> thrown)>;

  Job* FindJob(uint64_t id);
  void Queue(uint64_t job, std::shared_ptr<ModuleRequest> request);
  void Pump(v8::Local<v8::Context> context);
  void Follow(v8::Local<v8::Context> context, const Step& step);
  void Visit(v8::Local<v8::Context> context, uint64_t job, const std::shared_ptr<ModuleRequest>& request);
  void StepDone(uint64_t job);
  void Finish(uint64_t job, v8::Local<v8::Value> error);
  void FinishAll(std::vector<uint64_t>* jobs, v8::Local<v8::Value> error);
  void Abandon(uint64_t job);
  void AbandonWhere(const std::function<bool(const Job&)>& match);
  void Wait(std::vector<uint64_t>* jobs, uint64_t job);
  void RemoveGone(std::vector<uint64_t>* jobs);
  void TryAgain(v8::Local<v8::Context> context, const Unanswered& one);
  void Forget(const Unanswered& one);
  uint64_t NextToResume();

  void Resolve(v8::Local<v8::Context> context, const Step& step);
  bool AsksResolver(const ModuleRequest& request) const;
  static std::string UrlByRules(const ModuleRequest& request);
  static std::string NothingAt(const ModuleRequest& request, const std::string& url);
  void ResolveByRules(v8::Local<v8::Context> context, const Step& step);
  void Resolved(v8::Local<v8::Context> context, const Step& step, const std::string& url);
  void NotResolved(const std::shared_ptr<ModuleRequest>& request, v8::Local<v8::Value> error);
  void Load(v8::Local<v8::Context> context, const Step& step, const std::shared_ptr<ModuleEntry>& entry);
  void Arrived(v8::Local<v8::Context> context, const Step& step, const std::shared_ptr<ModuleEntry>& entry,
               v8::Local<v8::Value> answer);
  void Compile(v8::Local<v8::Context> context, const Step& step, const std::shared_ptr<ModuleEntry>& entry,
               const ArrivedSource& source);
  void NotLoaded(const std::shared_ptr<ModuleEntry>& entry, v8::Local<v8::Value> error);

  // Something the host is asked: where a request leads, or (with an entry) what is there.
  struct Question {
    Step step;
    std::shared_ptr<ModuleEntry> entry;
    Take take;

    uint64_t call_id = 0;

    std::vector<uint64_t>& jobs() const { return entry ? entry->jobs : step.request->jobs; }
  };
  // Now, or when it is its turn: the host has only so many questions at once.
  void Ask(v8::Local<v8::Context> context, Question question);
  void Put(v8::Local<v8::Context> context, Question question, bool sync);
  void PutWaiting(v8::Local<v8::Context> context);
  bool IsWanted(const Question& question);
  void TakeAnswer(v8::Local<v8::Context> context, uint64_t promise_id, HostReply reply);
  std::variant<value::Message, value::Failure> Write(v8::Local<v8::Context> context, const ModuleRequest& request,
                                                     const ModuleEntry* entry, const char* sync);
  v8::Local<v8::Value> Failed(v8::Local<v8::Context> context, const ModuleRequest& request, bool not_found,
                              const std::string& why, v8::Local<v8::Value> cause);

  Parts& parts_;
  Modules& modules_;
  ModuleMap map_;
  std::deque<Unanswered> unanswered_;  // outlives every Try
  std::unordered_map<uint64_t, Job> jobs_;
  std::unordered_map<uint64_t, Question> waiting_;  // the host has these questions
  std::deque<Question> questions_;                  // it has not heard of these
  std::deque<Step> steps_;
  uint64_t next_job_ = 1;
};

}  // namespace isolet
