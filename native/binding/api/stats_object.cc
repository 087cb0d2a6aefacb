#include "binding/api/stats_object.h"

#include <cstring>

#include "binding/environment/given.h"
#include "binding/environment/record.h"
#include "binding/host/runtime_core.h"

namespace isolet {
namespace {

constexpr const char* kKinds[] = {"eval", "evalAsync", "evalModule", "evalModuleAsync", "call", "callAsync"};

double Milliseconds(int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

}  // namespace

Napi::Value StatsObject(Napi::Env env, RuntimeCore& core) {
  Guest& guest = *core.guest();
  HeapNumbers heap = guest.heap_numbers();
  const Stats& stats = guest.stats();
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Record record(isolate);
  record.Set("heapTotalBytes", static_cast<double>(heap.total));
  record.Set("heapUsedBytes", static_cast<double>(heap.used));
  record.Set("heapLimitBytes",
             static_cast<double>(guest.options().max_heap_size ? guest.options().max_heap_size : heap.limit));
  record.Set("externalMemoryBytes", static_cast<double>(heap.external));
  record.Set("arrayBufferBytes", static_cast<double>(guest.array_buffer_bytes()));
  record.Set("physicalTotalBytes", static_cast<double>(heap.physical));
  record.Set("mallocedBytes", static_cast<double>(heap.malloced));
  record.Set("totalExecutionTimeMs", Milliseconds(stats.wall_total.load(std::memory_order_relaxed)));
  record.Set("lastExecutionTimeMs", Milliseconds(stats.wall_last.load(std::memory_order_relaxed)));
  record.Set("totalCpuTimeMs", Milliseconds(stats.cpu_total.load(std::memory_order_relaxed)));
  record.Set("lastCpuTimeMs", Milliseconds(stats.cpu_last.load(std::memory_order_relaxed)));
  int kind = stats.last_kind.load(std::memory_order_relaxed);
  if (kind == Stats::kNoKind) {
    record.Set("lastExecutionKind", v8::Null(isolate).As<v8::Value>());
  } else {
    record.Set("lastExecutionKind", kKinds[kind]);
  }
  Record counts(isolate);
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    counts.Set(kKinds[i], static_cast<double>(stats.calls[i].load(std::memory_order_relaxed)));
  }
  counts.Set("hostCall", static_cast<double>(stats.host_calls.load(std::memory_order_relaxed)));
  counts.Set("hostCallAsync", static_cast<double>(stats.host_calls_async.load(std::memory_order_relaxed)));
  counts.Set("timeouts", static_cast<double>(stats.timeouts.load(std::memory_order_relaxed)));
  counts.Set("errors", static_cast<double>(stats.errors.load(std::memory_order_relaxed)));
  record.Set("counts", counts.object());
  record.Set("pendingCalls", static_cast<double>(guest.calls().size()));
  record.Set("activeHostCalls", static_cast<double>(guest.promises().active()));
  record.Set("activeTimers", static_cast<double>(guest.timers().size()));
  record.Set("liveFunctionHandles", static_cast<double>(guest.functions().size()));
  record.Set("heldHandles", static_cast<double>(guest.held().size()));
  record.Set("activeGuestStreams", static_cast<double>(core.handles().streams()));
  return Returned(env, record.object());
}

void ReadUse(RuntimeCore& core, v8::Local<v8::Float64Array> out) {
  Guest& guest = *core.guest();
  const Stats& stats = guest.stats();
  const double numbers[] = {Milliseconds(stats.cpu_total.load(std::memory_order_relaxed)),
                            Milliseconds(stats.wall_total.load(std::memory_order_relaxed)),
                            static_cast<double>(guest.heap_notes().used()),
                            static_cast<double>(core.guest_promises().arrived())};
  if (out->ByteLength() < sizeof(numbers)) return;
  std::memcpy(static_cast<char*>(out->Buffer()->Data()) + out->ByteOffset(), numbers, sizeof(numbers));
}

}  // namespace isolet
