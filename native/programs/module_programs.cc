#include "programs/module_programs.h"

#include <memory>

#include "boundary/answer.h"
#include "boundary/module_failure.h"
#include "boundary/rejections.h"
#include "calls/gate.h"
#include "calls/parts.h"
#include "calls/table.h"
#include "calls/task.h"
#include "guest/tasks.h"
#include "isolate/lock.h"
#include "modules/modules.h"
#include "v8/strings.h"

namespace isolet {
namespace {

std::shared_ptr<ModuleRequest> Entry(const std::string& specifier) {
  auto request = std::make_shared<ModuleRequest>();
  request->specifier = specifier;
  request->is_entry = true;
  return request;
}

// The graph of an asynchronous call came together while something else ran: it is evaluated in a turn of its own.
class EvaluateTask final : public Task {
 public:
  EvaluateTask(uint64_t call_id, std::shared_ptr<ModuleEntry> entry) : call_id_(call_id), entry_(std::move(entry)) {}
  void Run(const IsolateLock& lock) override {
    if (!lock.parts().calls().Find(call_id_)) return;  // it has its answer: time, abort
    RunContinuation(lock, call_id_,
                    [&] { lock.parts().modules().evaluation().AnswerWith(lock.context(), call_id_, entry_); });
  }

 private:
  const uint64_t call_id_;
  const std::shared_ptr<ModuleEntry> entry_;
};

}  // namespace

v8::MaybeLocal<v8::Value> EvalModuleProgram::Run(const IsolateLock& lock) {
  v8::Isolate* isolate = lock.isolate();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Context> context = lock.context();
  Parts& parts = lock.parts();
  Modules::SyncScope sync(parts.modules());
  std::shared_ptr<ModuleEntry> entry;
  v8::Global<v8::Value> failed;
  parts.modules().loader().Start(context, Entry(specifier_), call_id_, true,
                                 [&](std::shared_ptr<ModuleEntry> root, v8::Local<v8::Value> error) {
                                   entry = std::move(root);
                                   failed.Reset(isolate, error);
                                 });
  if (parts.gate().stopping()) return {};
  if (!failed.IsEmpty()) {
    isolate->ThrowException(failed.Get(isolate));
    return {};
  }
  v8::Local<v8::Promise> promise;
  if (!entry || !parts.modules().evaluation().Evaluate(context, entry, call_id_).ToLocal(&promise)) return {};
  Checkpoint(lock);
  if (parts.gate().stopping()) return {};
  switch (promise->State()) {
    case v8::Promise::kFulfilled: {
      v8::Local<v8::Value> exports;
      v8::Local<v8::Object> names = entry->module.Get(isolate)->GetModuleNamespace().As<v8::Object>();
      if (!ModuleEvaluation::Exports(context, names).ToLocal(&exports)) return {};
      return scope.Escape(exports);
    }
    case v8::Promise::kRejected:
      parts.rejections().Forget(isolate, promise);
      promise->MarkAsHandled();
      isolate->ThrowException(promise->Result());
      return {};
    default:
      if (waits_ && parts.modules().evaluation().WaitWith(context, call_id_, specifier_, entry, promise)) {
        waits_->store(true, std::memory_order_release);
        return v8::Undefined(isolate).As<v8::Value>();
      }
      promise->MarkAsHandled();
      isolate->ThrowException(NewModuleError(context, ModuleWaits::Failure(specifier_), {}));
      return {};
  }
}

v8::MaybeLocal<v8::Value> EvalModuleAsyncProgram::Run(const IsolateLock& lock) {
  v8::Isolate* isolate = lock.isolate();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Context> context = lock.context();
  Parts& parts = lock.parts();
  // Shared with the callback, which may be called long after this.
  struct State {
    bool here = true;
    std::shared_ptr<ModuleEntry> entry;
    v8::Global<v8::Value> failed;  // while `here`
  };
  auto state = std::make_shared<State>();
  parts.modules().loader().Start(
      context, Entry(specifier_), call_id_, false,
      [state, &parts, call_id = call_id_](std::shared_ptr<ModuleEntry> root, v8::Local<v8::Value> error) {
        if (state->here) {
          state->entry = std::move(root);
          state->failed.Reset(v8::Isolate::GetCurrent(), error);
        } else if (root) {
          parts.turns().Post(std::make_unique<EvaluateTask>(call_id, std::move(root)));
        } else if (!error.IsEmpty()) {
          AnswerError(parts, v8::Isolate::GetCurrent()->GetCurrentContext(), call_id, error);
        }
      });
  state->here = false;
  if (parts.gate().stopping()) return {};
  if (!state->failed.IsEmpty()) {
    isolate->ThrowException(state->failed.Get(isolate));
    state->failed.Reset();
    return {};
  }
  if (state->entry) parts.modules().evaluation().AnswerWith(context, call_id_, state->entry);
  v8::Local<v8::Promise::Resolver> never;
  if (parts.gate().stopping() || !v8::Promise::Resolver::New(context).ToLocal(&never)) return {};
  return scope.Escape(never->GetPromise().As<v8::Value>());
}

}  // namespace isolet
