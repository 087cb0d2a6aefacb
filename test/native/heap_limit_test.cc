#include "memory_use/heap_limit.h"

#include <algorithm>

#include "check.h"
#include "memory_use/array_buffer_allocator.h"
#include "stand_in_v8.h"

namespace {

v8::NearHeapLimitCallback near_limit = nullptr;
void* near_limit_data = nullptr;
int collections = 0;

}  // namespace

void v8::Isolate::AddNearHeapLimitCallback(v8::NearHeapLimitCallback callback, void* data) {
  near_limit = callback;
  near_limit_data = data;
}
void v8::Isolate::LowMemoryNotification() {
  ++collections;
  // A heap that is above its limit asks in the middle of the collection.
  near_limit(near_limit_data, 64 << 20, 64 << 20);
}
void v8::Isolate::GetHeapStatistics(v8::HeapStatistics*) {}
v8::HeapStatistics::HeapStatistics() : total_heap_size_(0), used_heap_size_(0), external_memory_(0) {}
void* v8::ArrayBuffer::Allocator::Reallocate(void*, size_t, size_t) { return nullptr; }

namespace isolet::test {
namespace {

constexpr size_t kMegabyte = 1024 * 1024;
constexpr size_t kLimit = 64 * kMegabyte;

struct Fixture {
  Fixture() {
    gate.Attach(StandInIsolate());
    limit.Install(StandInIsolate(), buffers);
  }
  size_t Ask(size_t current) { return near_limit(near_limit_data, current, kLimit); }

  Gate gate;
  ArrayBufferAllocator buffers{kLimit};
  HeapLimit limit{gate, kLimit};
};

TEST(AHeapAtItsLimitEndsTheGuest) {
  Fixture f;
  EXPECT(!f.limit.exceeded());
  f.Ask(kLimit);
  EXPECT(f.limit.exceeded());
  std::optional<Stop> stop = f.gate.final_stop();
  EXPECT(stop && stop->reason == StopReason::kHeapLimit);
  EXPECT(stop && stop->limit == kLimit);
  // V8 says so before it is there: never less than the limit.
  EXPECT(stop && stop->used >= kLimit);
}

TEST(RoomIsLentInStepsUntilItIsEnough) {
  Fixture f;
  size_t current = kLimit;
  int steps = 0;
  for (; steps < 100; ++steps) {
    const size_t next = f.Ask(current);
    if (next == current) break;
    EXPECT(next > current);
    current = next;
  }
  EXPECT(steps == 3);
  EXPECT(current == kLimit + 96 * kMegabyte);
}

TEST(AHugeStepIsNotFollowed) {
  Fixture f;
  // The heap has gone far above what it was: the room is counted from the limit V8 names.
  EXPECT(f.Ask(kLimit) == kLimit + 32 * kMegabyte);
  EXPECT(f.Ask(kLimit + 32 * kMegabyte) == kLimit + 64 * kMegabyte);
}

TEST(ARefusedBufferIsNoFullHeap) {
  Fixture f;
  EXPECT(f.buffers.Allocate(kLimit + 1) == nullptr);
  EXPECT(f.buffers.refused_last());
  EXPECT(f.Ask(kLimit) == kLimit);
  EXPECT(!f.limit.exceeded());
  // A collection later it counts again.
  f.buffers.NoteHeap(0);
  f.Ask(kLimit);
  EXPECT(f.limit.exceeded());
}

TEST(ACollectionIsNeverWhatV8GivesUpOver) {
  Fixture f;
  const int before = collections;
  f.limit.Collect();
  EXPECT(collections == before + 1);
  EXPECT(f.limit.exceeded());
}

TEST(TakingTheIsolateDownHasAllTheRoomItNeeds) {
  Fixture f;
  f.limit.Lift();
  EXPECT(f.Ask(kLimit) >= kLimit + 1024 * kMegabyte);
  EXPECT(!f.limit.exceeded());
}

TEST(BuffersAreCountedAndBounded) {
  Fixture f;
  void* half = f.buffers.Allocate(kLimit / 2);
  EXPECT(half != nullptr);
  EXPECT(f.buffers.used() == kLimit / 2);
  EXPECT(f.buffers.Allocate(kLimit / 2 + 1) == nullptr);
  // What the heap takes of the limit is not there for buffers.
  f.buffers.NoteHeap(kLimit / 4);
  EXPECT(!f.buffers.Charge(kLimit / 2));
  EXPECT(f.buffers.Charge(kLimit / 8));
  f.buffers.Uncharge(kLimit / 8);
  f.buffers.Free(half, kLimit / 2);
  EXPECT(f.buffers.used() == 0);
}

}  // namespace
}  // namespace isolet::test
