#include "binding/api/runtime_factory.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "binding/api/addon_data.h"
#include "binding/api/options.h"
#include "binding/api/platform_snapshot.h"
#include "binding/api/runtime_handle.h"
#include "binding/api/snapshot_binding.h"
#include "binding/environment/given.h"
#include "binding/host/port.h"
#include "binding/host/runtime_core.h"
#include "guest/engine_threads.h"
#include "guest/guest.h"
#include "threads/executor.h"
#include "wire/cell_link.h"

namespace isolet {
namespace {

// Waits for the cell, which answers in time or ends.
GuestPort::Made MakeThere(wire::CellLink& cell, GuestOptions options, std::shared_ptr<Host> host) {
  struct Answer {
    std::mutex mutex;  // guards made; leaf lock
    std::condition_variable changed;
    std::optional<GuestPort::Made> made;
  };
  auto answer = std::make_shared<Answer>();
  cell.Create(std::move(options), std::move(host), [answer](GuestPort::Made made) {
    std::lock_guard<std::mutex> lock(answer->mutex);
    answer->made = std::move(made);
    answer->changed.notify_one();
  });
  std::unique_lock<std::mutex> lock(answer->mutex);
  answer->changed.wait(lock, [&] { return answer->made.has_value(); });
  return *std::move(answer->made);
}

// The guest is there, or it is not: finish on the environment's thread. Empty: an exception is pending.
v8::MaybeLocal<v8::Value> Finish(Environment& environment, const std::shared_ptr<RuntimeCore>& core,
                                 GuestPort::Made created) {
  if (auto* outcome = std::get_if<Outcome>(&created)) {
    environment.Remove(core->serial());
    (void)core->ValueOf(std::move(*outcome)).IsEmpty();
    return {};
  }
  core->SetGuest(std::move(std::get<std::shared_ptr<GuestPort>>(created)));
  return RuntimeHandle::Wrap(environment, core);
}

class FinishTask final : public HostTask {
 public:
  FinishTask(uint64_t serial, uint64_t ticket, GuestPort::Made created)
      : serial_(serial), ticket_(ticket), created_(std::move(created)) {}

  void Run(Environment& environment) override {
    environment.EndWork();
    v8::Isolate* isolate = environment.isolate();
    v8::Local<v8::Promise::Resolver> resolver = environment.tickets().Take(isolate, ticket_);
    std::shared_ptr<RuntimeCore> core = RuntimeCore::Find(environment, serial_);
    v8::TryCatch catcher(isolate);
    v8::Local<v8::Value> handle;
    bool made = Finish(environment, core, std::move(created_)).ToLocal(&handle);
    core->EndCreation();
    if (made) {
      if (resolver->Resolve(environment.context(), handle).IsNothing()) return;
    } else if (catcher.HasCaught() && !catcher.HasTerminated()) {
      v8::Local<v8::Value> error = catcher.Exception();
      catcher.Reset();
      if (resolver->Reject(environment.context(), error).IsNothing()) return;
    }
  }

 private:
  const uint64_t serial_;
  const uint64_t ticket_;
  GuestPort::Made created_;
};

// Any thread.
void PostFinish(Inbox& inbox, uint64_t serial, uint64_t ticket, GuestPort::Made created) {
  std::shared_ptr<GuestPort> guest;
  if (auto* made = std::get_if<std::shared_ptr<GuestPort>>(&created)) guest = *made;
  // Nobody will take it if the environment has ended meanwhile.
  if (!inbox.Post(std::make_unique<FinishTask>(serial, ticket, std::move(created)), false) && guest) guest->Close();
}

class Creation final : public Runnable {
 public:
  // `ticket` is given to the FinishTask.
  Creation(Environment& environment, GuestOptions options, uint64_t serial, uint64_t ticket)
      : stock_(environment.stock()),
        inbox_(environment.shared_inbox()),
        begin_(environment.CreationCounter()),
        host_(std::make_shared<HostPort>(environment, serial)),
        options_(std::move(options)),
        serial_(serial),
        ticket_(ticket) {}

  void RunTurn() override {
    std::shared_ptr<void> counted = begin_();
    if (!counted) return;
    PostFinish(*inbox_, serial_, ticket_, Guest::Create(*stock_, std::move(options_), host_));
  }

 private:
  const std::shared_ptr<GuestStock> stock_;
  const std::shared_ptr<Inbox> inbox_;
  const std::function<std::shared_ptr<void>()> begin_;
  const std::shared_ptr<Host> host_;
  GuestOptions options_;
  const uint64_t serial_;
  const uint64_t ticket_;
};

std::shared_ptr<RuntimeCore> NewCore(Environment& environment, v8::Local<v8::Value> owner) {
  auto core = std::make_shared<RuntimeCore>(environment, environment.NextSerial(), owner.As<v8::Object>());
  environment.Add(core);
  return core;
}

// The options of a new runtime. Empty: an exception is pending.
std::optional<GuestOptions> ReadOptions(const Given& given, Environment& environment) {
  if (!given[0]->IsObject() || !given[1]->IsObject() || environment.ending()) {
    ThrowMisuse("owner and options must be objects");
    return std::nullopt;
  }
  auto object = given[1].As<v8::Object>();
  std::optional<GuestOptions> options = ReadGuestOptions(object);
  if (!options || !ReadSnapshotOption(environment, object, &*options)) return std::nullopt;
  // One for each process, which a cell is.
  if (!given[2]->IsNumber()) StartFromPlatformSnapshot(*AddonData::Of(environment.env()), &*options);
  return options;
}

// The cell that was asked for; null if none was. Nothing: it has ended, and an exception is pending.
std::optional<std::shared_ptr<wire::CellLink>> FindCell(const Given& given, Environment& environment,
                                                        const std::shared_ptr<RuntimeCore>& core) {
  if (!given[2]->IsNumber()) return nullptr;
  std::shared_ptr<wire::CellLink> cell = AddonData::Of(environment.env())->cell_links.Find(given.Id(2));
  if (cell) return cell;
  const Stop gone{StopReason::kCellDied, 0, 0, Phase::kQueued, "the cell has ended"};
  (void)Finish(environment, core, Outcome(gone)).IsEmpty();
  return std::nullopt;
}

}  // namespace

Napi::Value CreateRuntime(const Napi::CallbackInfo& info) {
  Given given(info);
  Environment& environment = AddonData::Of(info.Env())->environment;
  std::optional<GuestOptions> options = ReadOptions(given, environment);
  if (!options) return info.Env().Undefined();
  std::shared_ptr<RuntimeCore> core = NewCore(environment, given[0]);
  auto cell = FindCell(given, environment, core);
  if (!cell) return info.Env().Undefined();
  auto host = std::make_shared<HostPort>(environment, core->serial());
  GuestPort::Made created = *cell ? MakeThere(**cell, *std::move(options), std::move(host))
                                  : Guest::Create(*environment.stock(), *std::move(options), std::move(host));
  return ReturnedOrThrown(info.Env(), Finish(environment, core, std::move(created)));
}

Napi::Value CreateRuntimeAsync(const Napi::CallbackInfo& info) {
  Given given(info);
  Environment& environment = AddonData::Of(info.Env())->environment;
  std::optional<GuestOptions> options = ReadOptions(given, environment);
  if (!options) return info.Env().Undefined();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(environment.context()).ToLocal(&resolver)) return info.Env().Undefined();
  std::shared_ptr<RuntimeCore> core = NewCore(environment, given[0]);
  auto found = FindCell(given, environment, core);
  if (!found) return info.Env().Undefined();
  const std::shared_ptr<wire::CellLink> cell = *std::move(found);
  // Without a thread the creation would wait for ever.
  if (std::optional<CapacityFailure> refused; !cell && (refused = StartEngineThreads())) {
    (void)Finish(environment, core, Outcome(*std::move(refused))).IsEmpty();
    return info.Env().Undefined();
  }
  core->BeginCreation();
  environment.BeginWork();
  const uint64_t ticket = environment.tickets().Add(environment.isolate(), resolver);
  if (cell) {
    auto done = [inbox = environment.shared_inbox(), serial = core->serial(), ticket](GuestPort::Made created) {
      PostFinish(*inbox, serial, ticket, std::move(created));
    };
    cell->Create(*std::move(options), std::make_shared<HostPort>(environment, core->serial()), std::move(done));
  } else {
    Executor::Get().Schedule(std::make_shared<Creation>(environment, *std::move(options), core->serial(), ticket));
  }
  return Returned(info.Env(), resolver->GetPromise());
}

}  // namespace isolet
