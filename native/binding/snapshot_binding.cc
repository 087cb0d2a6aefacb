#include "binding/snapshot_binding.h"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <string>
#include <utility>

#include "binding/addon_data.h"
#include "binding/node_platform.h"
#include "binding/runtime_core.h"
#include "engine/engine_threads.h"
#include "engine/executor.h"

namespace isolet {
namespace {

// Room a guest needs besides what its snapshot restores.
constexpr uint64_t kLeastRoom = 1024 * 1024;

// Marks byte arrays that carry a StoredSnapshot of ours.
constexpr napi_type_tag kTag = {0x9f3b1c77a4e24d60, 0xb1d7208c5e6f4a13};

using Stored = std::shared_ptr<StoredSnapshot>;

void Throw(Environment& environment, Outcome outcome) {
  RuntimeCore core(environment, environment.NextSerial(), Napi::Object::New(environment.env()));
  (void)core.ValueOf(std::move(outcome)).IsEmpty();
}

// Lets `bytes` carry the snapshot. If that fails the bytes are only checked again next time.
void Attach(Napi::Uint8Array bytes, Stored stored) {
  auto* held = new Stored(std::move(stored));
  auto drop = [](napi_env, void* data, void*) { delete static_cast<Stored*>(data); };
  if (napi_type_tag_object(bytes.Env(), bytes, &kTag) != napi_ok ||
      napi_wrap(bytes.Env(), bytes, held, drop, nullptr, nullptr) != napi_ok) {
    delete held;
  }
}

Stored Attached(Napi::Uint8Array bytes) {
  bool tagged = false;
  void* held = nullptr;
  if (napi_check_object_type_tag(bytes.Env(), bytes, &kTag, &tagged) != napi_ok || !tagged) return nullptr;
  if (napi_unwrap(bytes.Env(), bytes, &held) != napi_ok) return nullptr;
  return *static_cast<Stored*>(held);
}

// The snapshot of `value`; null: an exception is pending.
Stored Load(Environment& environment, Napi::Value value) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Napi::TypeError::New(environment.env(), "a snapshot must be a Uint8Array").ThrowAsJavaScriptException();
    return nullptr;
  }
  auto bytes = value.As<Napi::Uint8Array>();
  if (Stored stored = Attached(bytes)) return stored;
  auto found = StoreSnapshot(reinterpret_cast<const char*>(bytes.Data()), bytes.ByteLength());
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
  Attach(bytes, stored);
  return stored;
}

std::vector<Source> ReadScripts(Napi::Value value) {
  std::vector<Source> scripts;
  if (!value.IsArray()) return scripts;
  auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) {
    Napi::Value entry = array.Get(i);
    if (!entry.IsObject()) continue;
    auto script = entry.As<Napi::Object>();
    scripts.push_back({script.Get("code").ToString().Utf8Value(), script.Get("filename").ToString().Utf8Value()});
  }
  return scripts;
}

SnapshotRequest ReadRequest(Napi::Object options) {
  SnapshotRequest request;
  request.scripts = ReadScripts(options.Get("scripts"));
  request.warmup = ReadScripts(options.Get("warmup"));
  request.timeout_ms = options.Get("timeout").ToNumber().DoubleValue();
  request.max_heap_size = static_cast<size_t>(options.Get("maxHeapSize").ToNumber().DoubleValue());
  return request;
}

// False: an exception is pending. Without a thread the build would wait for ever.
bool HaveThreads(Environment& environment) {
  std::optional<CapacityFailure> refused = StartEngineThreads();
  if (!refused) return true;
  Throw(environment, Outcome(*std::move(refused)));
  return false;
}

// The end of the environment waits for what is counted.
std::shared_ptr<void> CountCreation(Environment& environment) {
  environment.creations()->fetch_add(1);
  return {nullptr, [creations = environment.creations()](void*) { creations->fetch_sub(1); }};
}

bool Valid(const Napi::CallbackInfo& info) {
  if (info[0].IsObject() && !AddonData::Of(info.Env())->environment.ending()) return true;
  Napi::TypeError::New(info.Env(), "options must be an object").ThrowAsJavaScriptException();
  return false;
}

// The bytes for lib/. Empty: an exception is pending.
Napi::Value Deliver(Environment& environment, SnapshotBuild::Result result) {
  if (auto* outcome = std::get_if<Outcome>(&result)) {
    Throw(environment, std::move(*outcome));
    return {};
  }
  auto& built = std::get<BuiltSnapshot>(result);
  Napi::Uint8Array bytes = Napi::Uint8Array::New(environment.env(), built.bytes.size());
  if (bytes.IsEmpty()) return {};
  std::memcpy(bytes.Data(), built.bytes.data(), built.bytes.size());
  Attach(bytes, std::move(built.stored));
  return bytes;
}

// A handle of Node's isolate: only the environment's thread may destroy it; if the environment ends before, it is left
// behind with the isolate.
using Ticket = v8::Global<v8::Promise::Resolver>;

// The environment's thread waits for it; whoever builds keeps it too, because the wait may end before.
struct SyncBuild {
  std::mutex mutex;  // guards result; leaf lock
  std::condition_variable changed;
  std::optional<SnapshotBuild::Result> result;
};

// How often the wait asks whether its thread is still wanted.
constexpr auto kProbeInterval = std::chrono::milliseconds(100);

class DeliverTask final : public HostTask {
 public:
  DeliverTask(SnapshotBuild::Result result, std::shared_ptr<SnapshotBuild> build, Ticket* ticket)
      : result_(std::move(result)), build_(std::move(build)), ticket_(ticket) {}

  void Run(Environment& environment) override {
    environment.EndWork();
    AddonData::Of(environment.env())->snapshot_builds.Remove(build_);
    v8::Isolate* isolate = environment.isolate();
    std::unique_ptr<Ticket> ticket(ticket_);
    v8::Local<v8::Promise::Resolver> resolver = ticket->Get(isolate);
    v8::TryCatch catcher(isolate);
    Napi::Value bytes = Deliver(environment, std::move(result_));
    if (!bytes.IsEmpty()) {
      if (resolver->Resolve(environment.context(), ToV8(bytes)).IsNothing()) return;
    } else if (catcher.HasCaught() && !catcher.HasTerminated()) {
      v8::Local<v8::Value> error = catcher.Exception();
      catcher.Reset();
      if (resolver->Reject(environment.context(), error).IsNothing()) return;
    }
  }

 private:
  SnapshotBuild::Result result_;
  const std::shared_ptr<SnapshotBuild> build_;
  Ticket* const ticket_;
};

}  // namespace

Napi::Value BuildSnapshot(const Napi::CallbackInfo& info) {
  if (!Valid(info)) return info.Env().Undefined();
  Environment& environment = AddonData::Of(info.Env())->environment;
  // Also a synchronous build runs on a thread of the engine: an isolate that V8 gives up can be left behind there.
  if (!HaveThreads(environment)) return info.Env().Undefined();
  auto waiting = std::make_shared<SyncBuild>();
  auto build = std::make_shared<SnapshotBuild>(
      environment.platform(), ReadRequest(info[0].As<Napi::Object>()),
      [waiting](SnapshotBuild::Result made) {
        std::lock_guard<std::mutex> lock(waiting->mutex);
        waiting->result = std::move(made);
        waiting->changed.notify_one();
      },
      CountCreation(environment));
  Executor::Get().Schedule(build);
  std::unique_lock<std::mutex> lock(waiting->mutex);
  while (!waiting->changed.wait_for(lock, kProbeInterval, [&] { return waiting->result.has_value(); })) {
    lock.unlock();
    if (environment.AskedToEnd()) {
      build->Stop();
      return info.Env().Undefined();
    }
    lock.lock();
  }
  SnapshotBuild::Result result = *std::move(waiting->result);
  lock.unlock();
  Napi::Value bytes = Deliver(environment, std::move(result));
  return bytes.IsEmpty() ? info.Env().Undefined() : bytes;
}

Napi::Value BuildSnapshotAsync(const Napi::CallbackInfo& info) {
  if (!Valid(info)) return info.Env().Undefined();
  AddonData& data = *AddonData::Of(info.Env());
  Environment& environment = data.environment;
  if (!HaveThreads(environment)) return info.Env().Undefined();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(environment.context()).ToLocal(&resolver)) return info.Env().Undefined();
  environment.BeginWork();
  auto slot = std::make_shared<std::weak_ptr<SnapshotBuild>>();
  auto build = std::make_shared<SnapshotBuild>(
      environment.platform(), ReadRequest(info[0].As<Napi::Object>()),
      [slot, inbox = environment.shared_inbox(),
       ticket = new Ticket(environment.isolate(), resolver)](SnapshotBuild::Result result) {
        inbox->Post(std::make_unique<DeliverTask>(std::move(result), slot->lock(), ticket), false);
      },
      CountCreation(environment));
  *slot = build;
  data.snapshot_builds.Add(build);
  Executor::Get().Schedule(build);
  return Napi::Value(info.Env(), ToNapi(resolver->GetPromise()));
}

Napi::Value CheckSnapshot(const Napi::CallbackInfo& info) {
  Load(AddonData::Of(info.Env())->environment, info[0]);
  return info.Env().Undefined();
}

bool ReadSnapshotOption(Environment& environment, Napi::Object options, GuestOptions* out) {
  Napi::Value given = options.Get("snapshot");
  if (given.IsUndefined()) return true;
  Stored stored = Load(environment, given);
  if (!stored) return false;
  // V8 stops the process when a restored heap does not fit.
  if (out->max_heap_size > 0 && out->max_heap_size < stored->heap_bytes() + stored->heap_bytes() / 4 + kLeastRoom) {
    Throw(environment,
          SnapshotFailure{"The snapshot restores " + std::to_string(stored->heap_bytes()) +
                          " bytes, too many for a maxHeapSize of " + std::to_string(out->max_heap_size) + "."});
    return false;
  }
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
