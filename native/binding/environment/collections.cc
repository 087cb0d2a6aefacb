#include "binding/environment/collections.h"

#include <algorithm>
#include <memory>

#include "binding/environment/environment.h"

namespace isolet {
namespace {

// What is alive in the host has to grow by so much before guests are asked, and by a quarter.
constexpr size_t kGrowth = 32u * 1024 * 1024;
// A guest that got fewer functions than this since it last looked is not worth a collection, nor are so few that came
// back.
constexpr size_t kWorthIt = 32;

class LookAgainTask final : public HostTask {
 public:
  void Run(Environment& environment) override { environment.collections().Collect(); }
};

size_t Alive(v8::Isolate* isolate) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  return statistics.used_heap_size() + statistics.external_memory();
}

}  // namespace

Collections::Collections(Environment& environment) : environment_(environment) {
  v8::Isolate* isolate = environment_.isolate();
  level_ = Alive(isolate);
  // Also of the young: what only reactions hang on is let go by each of them.
  isolate->AddGCPrologueCallback(BeforeCollection, this, v8::kGCTypeAll);
  isolate->AddGCEpilogueCallback(AfterCollection, this, v8::kGCTypeMarkSweepCompact);
}

void Collections::Close() {
  if (!open_) return;
  open_ = false;
  v8::Isolate* isolate = environment_.isolate();
  isolate->RemoveGCPrologueCallback(BeforeCollection, this);
  isolate->RemoveGCEpilogueCallback(AfterCollection, this);
}

bool Collections::Collect() { return open_ && pace_.Collect(environment_.isolate()); }

void Collections::NoteReturned(size_t count) {
  returned_ += count;
  if (!asked_ || returned_ < kWorthIt) return;
  asked_ = false;
  // After the others that are on their way.
  environment_.inbox().Post(std::make_unique<LookAgainTask>(), false);
}

void Collections::BeforeCollection(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags, void* data) {
  auto* self = static_cast<Collections*>(data);
  self->environment_.ForEach([isolate](HostedRuntime& runtime) { runtime.KeepAwaited(isolate); });
}

void Collections::AfterCollection(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags, void* data) {
  auto* self = static_cast<Collections*>(data);
  const size_t alive = Alive(isolate);
  if (alive < self->level_ + std::max(kGrowth, self->level_ / 4)) {
    self->level_ = std::min(self->level_, alive);
    return;
  }
  self->level_ = alive;
  self->asked_ = true;
  self->returned_ = 0;
  self->environment_.ForEach([](HostedRuntime& runtime) { runtime.CollectIfWorth(kWorthIt); });
}

}  // namespace isolet
