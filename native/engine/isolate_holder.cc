#include "engine/isolate_holder.h"

#include <atomic>
#include <utility>

#include "engine/external_references.h"

namespace isolet {
namespace {

std::atomic<size_t> live_isolates{0};
std::atomic<size_t> stocked_isolates{0};

}  // namespace

size_t IsolateHolder::live_count() { return live_isolates.load(std::memory_order_relaxed); }

size_t IsolateHolder::stocked_count() { return stocked_isolates.load(std::memory_order_relaxed); }

void IsolateHolder::LeaveStock() {
  if (!std::exchange(stocked_, false)) return;
  live_isolates.fetch_add(1, std::memory_order_relaxed);
  stocked_isolates.fetch_sub(1, std::memory_order_relaxed);
}

IsolateHolder::IsolateHolder(std::shared_ptr<IsolatePlatform> platform, const IsolateRecipe& recipe,
                             std::shared_ptr<v8::TaskRunner> foreground, Purpose purpose)
    : platform_(std::move(platform)),
      snapshot_(recipe.snapshot),
      allocator_(std::make_shared<ArrayBufferAllocator>(recipe.max_heap_size)),
      stocked_(purpose == Purpose::kStock) {
  (stocked_ ? stocked_isolates : live_isolates).fetch_add(1, std::memory_order_relaxed);
  isolate_ = v8::Isolate::Allocate();
  platform_->Register(isolate_, std::move(foreground));
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator_shared = allocator_;
  params.external_references = ExternalReferences();
  if (recipe.max_heap_size > 0) {
    params.constraints.ConfigureDefaultsFromHeapSize(recipe.initial_heap_size, recipe.max_heap_size);
  }
  if (snapshot_) {
    blob_ = {snapshot_->data(), static_cast<int>(snapshot_->size())};
    params.snapshot_blob = &blob_;
  }
  if (purpose == Purpose::kMakeSnapshot) {
    creator_ = MakeSnapshotCreator(isolate_, params);
  } else {
    v8::Isolate::Initialize(isolate_, params);
  }
}

IsolateHolder::~IsolateHolder() {
  creator_.reset();
  platform_->Dispose(isolate_);
  (stocked_ ? stocked_isolates : live_isolates).fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace isolet
