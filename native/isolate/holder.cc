#include "isolate/holder.h"

#include <utility>

#include "isolate/external_references.h"

namespace isolet {
namespace {

// A multiple of what any system allocates address space in.
constexpr size_t kCodePages = 256 * 1024;

// V8 counts three spaces as young: of two each is as large as what is new at a time, the third has its large objects.
constexpr size_t kYoungSpaces = 3;

std::atomic<size_t> made_isolates{0};
std::atomic<size_t> live_isolates{0};
std::atomic<size_t> stocked_isolates{0};

}  // namespace

size_t IsolateHolder::made_count() { return made_isolates.load(std::memory_order_relaxed); }

size_t IsolateHolder::live_count() { return live_isolates.load(std::memory_order_relaxed); }

size_t IsolateHolder::stocked_count() { return stocked_isolates.load(std::memory_order_relaxed); }

void IsolateHolder::EnterStock() { CountIn(&stocked_isolates); }

void IsolateHolder::LeaveStock(bool taken) { CountIn(taken ? &live_isolates : nullptr); }

void IsolateHolder::CountIn(std::atomic<size_t>* count) {
  if (count) count->fetch_add(1, std::memory_order_relaxed);
  if (counted_in_) counted_in_->fetch_sub(1, std::memory_order_relaxed);
  counted_in_ = count;
}

IsolateHolder::IsolateHolder(std::shared_ptr<IsolatePlatform> platform, const IsolateRecipe& recipe,
                             std::shared_ptr<v8::TaskRunner> foreground, Purpose purpose)
    : platform_(std::move(platform)),
      snapshot_(recipe.snapshot),
      allocator_(std::make_shared<ArrayBufferAllocator>(recipe.max_heap_size)) {
  if (purpose != Purpose::kStock) CountIn(&live_isolates);
  made_isolates.fetch_add(1, std::memory_order_relaxed);
  isolate_ = v8::Isolate::Allocate();
  platform_->Register(isolate_, std::move(foreground));
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator_shared = allocator_;
  params.external_references = ExternalReferences();
  if (recipe.max_heap_size > 0) {
    params.constraints.ConfigureDefaultsFromHeapSize(recipe.initial_heap_size,
                                                     recipe.max_heap_size - recipe.young_heap_size);
    if (recipe.young_heap_size > 0) {
      const size_t young = kYoungSpaces * recipe.young_heap_size;
      params.constraints.set_initial_young_generation_size_in_bytes(young);
      params.constraints.set_max_young_generation_size_in_bytes(young);
    }
    // V8 takes the size of a small heap for that of its code as it is, and stops the process if that is no whole number
    // of the system's pages.
    size_t code = params.constraints.code_range_size_in_bytes();
    params.constraints.set_code_range_size_in_bytes((code + kCodePages - 1) / kCodePages * kCodePages);
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
  CountIn(nullptr);
}

}  // namespace isolet
