#include "binding/runtime_factory.h"

#include <memory>
#include <utility>

#include "binding/addon_data.h"
#include "binding/host_port.h"
#include "binding/options.h"
#include "binding/runtime_core.h"
#include "binding/runtime_handle.h"
#include "binding/snapshot_binding.h"
#include "engine/engine_threads.h"
#include "engine/executor.h"

namespace isolet {
namespace {

using Created = std::variant<std::shared_ptr<Guest>, Outcome>;

// The guest is there, or it is not: finish on the environment's thread. An empty value: an exception is pending.
Napi::Value Finish(Environment& environment, const std::shared_ptr<RuntimeCore>& core, Created created) {
  if (auto* outcome = std::get_if<Outcome>(&created)) {
    environment.Remove(core->serial());
    (void)core->ValueOf(std::move(*outcome)).IsEmpty();
    return {};
  }
  core->SetGuest(std::move(std::get<std::shared_ptr<Guest>>(created)));
  return RuntimeHandle::Wrap(environment.env(), core);
}

// What the environment's thread needs to finish. Handles of Node's isolate: only that thread may destroy it; if the
// environment ends before, it is left behind with the isolate.
struct Ticket {
  std::shared_ptr<RuntimeCore> core;
  v8::Global<v8::Promise::Resolver> resolver;
};

class FinishTask final : public HostTask {
 public:
  FinishTask(Ticket* ticket, Created created) : ticket_(ticket), created_(std::move(created)) {}

  void Run(Environment& environment) override {
    environment.EndWork();
    std::unique_ptr<Ticket> ticket(ticket_);
    v8::Isolate* isolate = environment.isolate();
    v8::Local<v8::Promise::Resolver> resolver = ticket->resolver.Get(isolate);
    v8::TryCatch catcher(isolate);
    Napi::Value handle = Finish(environment, ticket->core, std::move(created_));
    ticket->core->EndCreation();
    if (!handle.IsEmpty()) {
      if (resolver->Resolve(environment.context(), ToV8(handle)).IsNothing()) return;
    } else if (catcher.HasCaught() && !catcher.HasTerminated()) {
      v8::Local<v8::Value> error = catcher.Exception();
      catcher.Reset();
      if (resolver->Reject(environment.context(), error).IsNothing()) return;
    }
  }

 private:
  Ticket* const ticket_;
  Created created_;
};

class Creation final : public Runnable {
 public:
  Creation(Environment& environment, GuestOptions options, Ticket* ticket)
      : stock_(environment.stock()),
        inbox_(environment.shared_inbox()),
        creations_(environment.creations()),
        host_(std::make_shared<HostPort>(environment, ticket->core->serial())),
        options_(std::move(options)),
        ticket_(ticket) {
    creations_->fetch_add(1);
  }

  void RunTurn() override {
    Created created = Guest::Create(*stock_, std::move(options_), host_);
    std::shared_ptr<Guest> guest;
    if (auto* made = std::get_if<std::shared_ptr<Guest>>(&created)) guest = *made;
    // Nobody will take it if the environment has ended meanwhile.
    if (!inbox_->Post(std::make_unique<FinishTask>(ticket_, std::move(created)), false) && guest) {
      guest->Close();
    }
    creations_->fetch_sub(1);
  }

 private:
  const std::shared_ptr<IsolateStock> stock_;
  const std::shared_ptr<Inbox> inbox_;
  const std::shared_ptr<std::atomic<int>> creations_;
  const std::shared_ptr<Host> host_;
  GuestOptions options_;
  Ticket* const ticket_;  // handed to the FinishTask
};

std::shared_ptr<RuntimeCore> NewCore(Environment& environment, const Napi::Value& owner) {
  auto core = std::make_shared<RuntimeCore>(environment, environment.NextSerial(), owner.As<Napi::Object>());
  environment.Add(core);
  return core;
}

bool Valid(const Napi::CallbackInfo& info) {
  if (info[0].IsObject() && info[1].IsObject() && !AddonData::Of(info.Env())->environment.ending()) return true;
  Napi::TypeError::New(info.Env(), "owner and options must be objects").ThrowAsJavaScriptException();
  return false;
}

}  // namespace

Napi::Value CreateRuntime(const Napi::CallbackInfo& info) {
  if (!Valid(info)) return info.Env().Undefined();
  Environment& environment = AddonData::Of(info.Env())->environment;
  auto given = info[1].As<Napi::Object>();
  GuestOptions options = ReadGuestOptions(given);
  if (!ReadSnapshotOption(environment, given, &options)) return info.Env().Undefined();
  std::shared_ptr<RuntimeCore> core = NewCore(environment, info[0]);
  Napi::Value handle = Finish(
      environment, core,
      Guest::Create(*environment.stock(), std::move(options), std::make_shared<HostPort>(environment, core->serial())));
  return handle.IsEmpty() ? info.Env().Undefined() : handle;
}

Napi::Value CreateRuntimeAsync(const Napi::CallbackInfo& info) {
  if (!Valid(info)) return info.Env().Undefined();
  Environment& environment = AddonData::Of(info.Env())->environment;
  auto given = info[1].As<Napi::Object>();
  GuestOptions options = ReadGuestOptions(given);
  if (!ReadSnapshotOption(environment, given, &options)) return info.Env().Undefined();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(environment.context()).ToLocal(&resolver)) return info.Env().Undefined();
  std::shared_ptr<RuntimeCore> core = NewCore(environment, info[0]);
  // Without a thread the creation would wait for ever.
  if (std::optional<CapacityFailure> refused = StartEngineThreads()) {
    (void)Finish(environment, core, Outcome(*std::move(refused)));
    return info.Env().Undefined();
  }
  core->BeginCreation();
  environment.BeginWork();
  auto* ticket = new Ticket{core, v8::Global<v8::Promise::Resolver>(environment.isolate(), resolver)};
  Executor::Get().Schedule(std::make_shared<Creation>(environment, std::move(options), ticket));
  return Napi::Value(info.Env(), ToNapi(resolver->GetPromise()));
}

}  // namespace isolet
