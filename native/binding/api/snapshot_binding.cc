#include "binding/api/snapshot_binding.h"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <string>
#include <utility>

#include "binding/api/addon_data.h"
#include "binding/api/options.h"
#include "binding/environment/given.h"
#include "binding/environment/node_platform.h"
#include "binding/environment/record.h"
#include "binding/host/runtime_core.h"
#include "guest/engine_threads.h"
#include "snapshot/header.h"
#include "threads/executor.h"
#include "value/buffer_memory.h"

namespace isolet {
namespace {

// Marks byte arrays that carry a StoredSnapshot of ours.
constexpr napi_type_tag kTag = {0x9f3b1c77a4e24d60, 0xb1d7208c5e6f4a13};

using Stored = std::shared_ptr<StoredSnapshot>;

void Throw(Environment& environment, Outcome outcome) {
  RuntimeCore core(environment, environment.NextSerial(), v8::Object::New(environment.isolate()));
  (void)core.ValueOf(std::move(outcome)).IsEmpty();
}

// Lets `bytes` carry the snapshot. If that fails the bytes are only checked again next time.
void Attach(napi_env env, v8::Local<v8::Uint8Array> bytes, Stored stored) {
  auto* held = new Stored(std::move(stored));
  auto drop = [](napi_env, void* data, void*) { delete static_cast<Stored*>(data); };
  if (napi_type_tag_object(env, ToNapi(bytes), &kTag) != napi_ok ||
      napi_wrap(env, ToNapi(bytes), held, drop, nullptr, nullptr) != napi_ok) {
    delete held;
  }
}

Stored Attached(napi_env env, v8::Local<v8::Uint8Array> bytes) {
  bool tagged = false;
  void* held = nullptr;
  if (napi_check_object_type_tag(env, ToNapi(bytes), &kTag, &tagged) != napi_ok || !tagged) return nullptr;
  if (napi_unwrap(env, ToNapi(bytes), &held) != napi_ok) return nullptr;
  return *static_cast<Stored*>(held);
}

// The snapshot of `value`; null: an exception is pending.
Stored Load(Environment& environment, v8::Local<v8::Value> value) {
  if (!value->IsUint8Array()) {
    ThrowMisuse("a snapshot must be a Uint8Array");
    return nullptr;
  }
  auto array = value.As<v8::Uint8Array>();
  if (Stored stored = Attached(environment.env(), array)) return stored;
  // A copy: what is checked is what is kept.
  std::string bytes = BytesOf(array).value_or(std::string());
  auto found = StoreSnapshot(bytes.data(), bytes.size());
  if (auto* unfit = std::get_if<std::string>(&found)) {
    Throw(environment, SnapshotFailure{std::move(*unfit)});
    return nullptr;
  }
  auto stored = std::move(std::get<Stored>(found));
  std::string wrong = stored->Prove(environment.platform());
  if (!wrong.empty()) {
    Throw(environment, SnapshotFailure{std::move(wrong)});
    return nullptr;
  }
  Attach(environment.env(), array, stored);
  return stored;
}

// False: an exception is pending.
bool ReadScripts(Environment& environment, v8::Local<v8::Value> value, std::vector<Source>* scripts) {
  if (!value->IsArray()) return true;
  auto array = value.As<v8::Array>();
  for (uint32_t i = 0; i < array->Length(); ++i) {
    v8::Local<v8::Value> entry;
    if (!array->Get(environment.context(), i).ToLocal(&entry)) return false;
    if (!entry->IsObject()) continue;
    GivenOptions script(entry.As<v8::Object>());
    Source source{script.Text("code"), script.Text("filename")};
    if (script.failed()) return false;
    scripts->push_back(std::move(source));
  }
  return true;
}

// Empty: an exception is pending.
std::optional<SnapshotRequest> ReadRequest(Environment& environment, v8::Local<v8::Value> given) {
  if (!given->IsObject() || environment.ending()) {
    ThrowMisuse("options must be an object");
    return std::nullopt;
  }
  GivenOptions options(given.As<v8::Object>());
  SnapshotRequest request;
  request.timeout_ms = options.Number("timeout");
  request.max_heap_size = static_cast<size_t>(options.Number("maxHeapSize"));
  request.max_timers = static_cast<uint32_t>(options.Number("maxTimers"));
  request.streams = options.Text("streams");
  request.web = ReadWebOptions(options);
  v8::Local<v8::Value> scripts = options["scripts"], warmup = options["warmup"];
  if (options.failed() || !ReadScripts(environment, scripts, &request.scripts) ||
      !ReadScripts(environment, warmup, &request.warmup)) {
    return std::nullopt;
  }
  return request;
}

// False: an exception is pending. Without a thread the build would wait for ever.
bool HaveThreads(Environment& environment) {
  std::optional<CapacityFailure> refused = StartEngineThreads();
  if (!refused) return true;
  Throw(environment, Outcome(*std::move(refused)));
  return false;
}

// The bytes for lib/. Empty: an exception is pending.
v8::MaybeLocal<v8::Value> Deliver(Environment& environment, SnapshotBuild::Result result) {
  if (auto* outcome = std::get_if<Outcome>(&result)) {
    Throw(environment, std::move(*outcome));
    return {};
  }
  auto& built = std::get<BuiltSnapshot>(result);
  const size_t length = built.bytes.size();
  std::shared_ptr<v8::BackingStore> store = value::NewStore(length);
  if (!store) {
    Throw(environment, SnapshotFailure{"There is not enough memory for the snapshot's bytes."});
    return {};
  }
  std::memcpy(store->Data(), built.bytes.data(), length);
  auto bytes = v8::Uint8Array::New(v8::ArrayBuffer::New(environment.isolate(), std::move(store)), 0, length);
  Attach(environment.env(), bytes, std::move(built.stored));
  return bytes.As<v8::Value>();
}

// The environment's thread waits for it; whoever builds keeps it too, because the wait may end before.
struct SyncBuild {
  std::mutex mutex;  // guards result; leaf lock
  std::condition_variable changed;
  std::optional<SnapshotBuild::Result> result;
  Executor::LentPlace place;
};

// How often the wait asks whether its thread is still wanted.
constexpr auto kProbeInterval = std::chrono::milliseconds(100);

class DeliverTask final : public HostTask {
 public:
  DeliverTask(SnapshotBuild::Result result, std::shared_ptr<SnapshotBuild> build, uint64_t ticket)
      : result_(std::move(result)), build_(std::move(build)), ticket_(ticket) {}

  void Run(Environment& environment) override {
    environment.EndWork();
    AddonData::Of(environment.env())->snapshot_builds.Remove(build_);
    v8::Isolate* isolate = environment.isolate();
    v8::Local<v8::Promise::Resolver> resolver = environment.tickets().Take(isolate, ticket_);
    v8::TryCatch catcher(isolate);
    v8::Local<v8::Value> bytes;
    if (Deliver(environment, std::move(result_)).ToLocal(&bytes)) {
      if (resolver->Resolve(environment.context(), bytes).IsNothing()) return;
    } else if (catcher.HasCaught() && !catcher.HasTerminated()) {
      v8::Local<v8::Value> error = catcher.Exception();
      catcher.Reset();
      if (resolver->Reject(environment.context(), error).IsNothing()) return;
    }
  }

 private:
  SnapshotBuild::Result result_;
  const std::shared_ptr<SnapshotBuild> build_;
  const uint64_t ticket_;
};

}  // namespace

Napi::Value BuildSnapshot(const Napi::CallbackInfo& info) {
  Environment& environment = AddonData::Of(info.Env())->environment;
  std::optional<SnapshotRequest> request = ReadRequest(environment, Given(info)[0]);
  if (!request) return info.Env().Undefined();
  // Also a synchronous build runs on a thread of the engine: an isolate that V8 gives up can be left behind there.
  if (!HaveThreads(environment)) return info.Env().Undefined();
  auto waiting = std::make_shared<SyncBuild>();
  auto build = std::make_shared<SnapshotBuild>(
      environment.platform(), *std::move(request),
      [waiting](SnapshotBuild::Result made) {
        std::lock_guard<std::mutex> lock(waiting->mutex);
        waiting->result = std::move(made);
        waiting->place.TakeBack();
        waiting->changed.notify_one();
      },
      environment.CreationCounter());
  waiting->place.Lend();
  Executor::Get().Schedule(build, Urgency::kUrgent);
  std::unique_lock<std::mutex> lock(waiting->mutex);
  while (!waiting->changed.wait_for(lock, kProbeInterval, [&] { return waiting->result.has_value(); })) {
    lock.unlock();
    if (environment.AskedToEnd()) {
      build->Stop();
      waiting->place.TakeBack();
      return info.Env().Undefined();
    }
    lock.lock();
  }
  SnapshotBuild::Result result = *std::move(waiting->result);
  lock.unlock();
  return ReturnedOrThrown(info.Env(), Deliver(environment, std::move(result)));
}

Napi::Value BuildSnapshotAsync(const Napi::CallbackInfo& info) {
  AddonData& data = *AddonData::Of(info.Env());
  Environment& environment = data.environment;
  std::optional<SnapshotRequest> request = ReadRequest(environment, Given(info)[0]);
  if (!request) return info.Env().Undefined();
  if (!HaveThreads(environment)) return info.Env().Undefined();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(environment.context()).ToLocal(&resolver)) return info.Env().Undefined();
  environment.BeginWork();
  auto slot = std::make_shared<std::weak_ptr<SnapshotBuild>>();
  auto build = std::make_shared<SnapshotBuild>(
      environment.platform(), *std::move(request),
      [slot, inbox = environment.shared_inbox(),
       ticket = environment.tickets().Add(environment.isolate(), resolver)](SnapshotBuild::Result result) {
        inbox->Post(std::make_unique<DeliverTask>(std::move(result), slot->lock(), ticket), false);
      },
      environment.CreationCounter());
  *slot = build;
  data.snapshot_builds.Add(build);
  Executor::Get().Schedule(build);
  return Returned(info.Env(), resolver->GetPromise());
}

Napi::Value SnapshotHasWeb(const Napi::CallbackInfo& info) {
  std::string bytes = BytesOf(Given(info)[0]).value_or(std::string());
  return Returned(info.Env(), v8::Boolean::New(v8::Isolate::GetCurrent(), HeaderSaysWeb(bytes.data(), bytes.size())));
}

Napi::Value CheckSnapshot(const Napi::CallbackInfo& info) {
  Stored stored = Load(AddonData::Of(info.Env())->environment, Given(info)[0]);
  if (!stored) return info.Env().Undefined();
  Record record(v8::Isolate::GetCurrent());
  record.Set("maxTimers", static_cast<double>(stored->abilities().max_timers));
  record.Set("streams", stored->abilities().streams);
  record.Set("web", stored->abilities().web);
  return Returned(info.Env(), record.object());
}

bool ReadSnapshotOption(Environment& environment, v8::Local<v8::Object> options, GuestOptions* out) {
  GivenOptions given(options);
  v8::Local<v8::Value> bytes = given["snapshot"];
  if (given.failed()) return false;
  if (bytes->IsUndefined()) return true;
  Stored stored = Load(environment, bytes);
  if (!stored) return false;
  if (!stored->HasRoomIn(out->max_heap_size)) {
    Throw(environment,
          SnapshotFailure{"The snapshot restores " + std::to_string(stored->heap_bytes()) +
                          " bytes, too many for a maxHeapSize of " + std::to_string(out->max_heap_size) + "."});
    return false;
  }
  out->in_snapshot = stored->abilities();
  out->snapshot = std::shared_ptr<const std::vector<char>>(stored, &stored->payload());
  return true;
}

SnapshotBuilds::SnapshotBuilds(Environment& environment)
    : exit_hook_(
          environment.isolate(), [](void* self) { static_cast<SnapshotBuilds*>(self)->StopAll(); }, this) {
  environment.env().AddCleanupHook([](SnapshotBuilds* self) { self->StopAll(); }, this);
}

void SnapshotBuilds::StopAll() {
  for (const std::shared_ptr<SnapshotBuild>& build : builds_) build->Stop();
  builds_.clear();
}

}  // namespace isolet
