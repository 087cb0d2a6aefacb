#include "binding/host/guest_promises.h"

#include <utility>

#include "binding/host/runtime_core.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// Their reactions run at the end of the turn, all at once.
constexpr int kMostInATurn = 256;

// Fails the next ones of a runtime.
class FailTask final : public HostTask {
 public:
  explicit FailTask(uint64_t serial) : serial_(serial) {}
  void Run(Environment& environment) override {
    if (std::shared_ptr<RuntimeCore> core = RuntimeCore::Find(environment, serial_)) core->FailGuestPromises();
  }
  uint64_t runtime() const override { return serial_; }

 private:
  const uint64_t serial_;
};

}  // namespace

v8::MaybeLocal<v8::Promise> GuestPromises::Arrive(uint64_t id) {
  v8::Isolate* isolate = core_.isolate();
  v8::Local<v8::Context> context = core_.environment().context();
  v8::Local<v8::Promise::Resolver> resolver;
  // Whoever has the promise has the runtime: it is not closed as long as somebody may ask for it.
  v8::Local<v8::Private> runtime = v8::Private::ForApi(isolate, Name(isolate, "isolet:runtime"));
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver) ||
      resolver->GetPromise()->SetPrivate(context, runtime, core_.owner()).IsNothing()) {
    core_.guest()->LetGo(value::HandleKind::kGuestPromise, id, 1);
    return {};
  }
  auto entry = std::make_unique<Entry>();
  entry->resolver.Reset(isolate, resolver);
  entry->table = this;
  entry->id = id;
  entry->resolver.SetWeak(entry.get(), OnCollected, v8::WeakCallbackType::kParameter);
  unread_.emplace(id, std::move(entry));
  ++arrived_;
  return resolver->GetPromise();
}

v8::Local<v8::Promise::Resolver> GuestPromises::Take(uint64_t id) {
  for (Entries* entries : {&unread_, &awaited_}) {
    auto found = entries->find(id);
    if (found == entries->end()) continue;
    v8::Local<v8::Promise::Resolver> resolver = found->second->resolver.Get(core_.isolate());
    entries->erase(found);
    // It may sit anywhere in a value that nobody looks at: a guest that rejects it must not end the process.
    resolver->GetPromise()->MarkAsHandled();
    return resolver;
  }
  return {};
}

void GuestPromises::KeepAwaited(v8::Isolate* isolate) {
  for (auto at = unread_.begin(); at != unread_.end();) {
    v8::HandleScope scope(isolate);
    Entry& entry = *at->second;
    // The reactions hang on the promise alone.
    if (!entry.resolver.Get(isolate)->GetPromise()->HasHandler()) {
      ++at;
      continue;
    }
    entry.resolver.ClearWeak();
    awaited_.insert(unread_.extract(at++));
  }
}

void GuestPromises::OnCollected(const v8::WeakCallbackInfo<Entry>& info) {
  Entry* entry = info.GetParameter();
  GuestPromises* table = entry->table;
  const uint64_t id = entry->id;
  entry->resolver.Reset();
  table->unread_.erase(id);
  table->core_.guest()->LetGo(value::HandleKind::kGuestPromise, id, 1);
}

std::shared_ptr<v8::Global<v8::Value>> GuestPromises::ErrorFor(Stop stop) {
  v8::Isolate* isolate = core_.isolate();
  v8::TryCatch catcher(isolate);
  if (!core_.ValueOf(std::move(stop)).IsEmpty() || !catcher.HasCaught() || catcher.HasTerminated()) return nullptr;
  return std::make_shared<v8::Global<v8::Value>>(isolate, catcher.Exception());
}

void GuestPromises::FailEntries(Entries* entries, Stop stop) {
  if (entries->empty()) return;
  // Runs JavaScript, which may bring new ones.
  Entries failed = std::exchange(*entries, {});
  std::shared_ptr<v8::Global<v8::Value>> error = ErrorFor(std::move(stop));
  if (!error) return;
  for (auto& [id, entry] : failed) {
    // The host may have dropped it just now.
    if (entry->resolver.IsEmpty()) continue;
    entry->resolver.ClearWeak();
    failing_.push_back({std::move(entry->resolver), error});
  }
}

void GuestPromises::Fail(const std::vector<uint64_t>& ids, Stop stop) {
  Entries failed;
  for (uint64_t id : ids) {
    for (Entries* entries : {&unread_, &awaited_}) {
      if (auto node = entries->extract(id)) failed.insert(std::move(node));
    }
  }
  FailEntries(&failed, std::move(stop));
  FailSome();
}

void GuestPromises::FailAll(Stop stop) {
  Entries failed = std::exchange(unread_, {});
  failed.merge(awaited_);
  FailEntries(&failed, std::move(stop));
  FailSome();
}

void GuestPromises::FailSome() {
  v8::Isolate* isolate = core_.isolate();
  v8::Local<v8::Context> context = core_.environment().context();
  for (int i = 0; i < kMostInATurn && !failing_.empty(); ++i) {
    v8::HandleScope scope(isolate);
    Failing next = std::move(failing_.front());
    failing_.pop_front();
    v8::Local<v8::Promise::Resolver> resolver = next.resolver.Get(isolate);
    resolver->GetPromise()->MarkAsHandled();
    if (resolver->Reject(context, next.error->Get(isolate)).IsNothing()) return;
  }
  if (!failing_.empty()) core_.environment().DeferToNextTurn(std::make_unique<FailTask>(core_.serial()));
}

}  // namespace isolet
