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
  const GuestNumbers numbers = core.guest()->numbers();
  const HeapNumbers& heap = numbers.heap;
  const CallNumbers& calls = numbers.calls;
  const size_t max_heap_size = core.guest()->options().max_heap_size;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Record record(isolate);
  record.Set("heapTotalBytes", static_cast<double>(heap.total));
  record.Set("heapUsedBytes", static_cast<double>(heap.used));
  record.Set("heapLimitBytes", static_cast<double>(max_heap_size != 0 ? max_heap_size : heap.limit));
  record.Set("externalMemoryBytes", static_cast<double>(heap.external));
  record.Set("arrayBufferBytes", static_cast<double>(numbers.array_buffer_bytes));
  record.Set("physicalTotalBytes", static_cast<double>(heap.physical));
  record.Set("mallocedBytes", static_cast<double>(heap.malloced));
  record.Set("totalExecutionTimeMs", Milliseconds(calls.wall_total));
  record.Set("lastExecutionTimeMs", Milliseconds(calls.wall_last));
  record.Set("totalCpuTimeMs", Milliseconds(calls.cpu_total));
  record.Set("lastCpuTimeMs", Milliseconds(calls.cpu_last));
  const int kind = calls.last_kind;
  if (kind == Stats::kNoKind) {
    record.Set("lastExecutionKind", v8::Null(isolate).As<v8::Value>());
  } else {
    record.Set("lastExecutionKind", kKinds[kind]);
  }
  Record counts(isolate);
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    counts.Set(kKinds[i], static_cast<double>(calls.calls[i]));
  }
  counts.Set("hostCall", static_cast<double>(calls.host_calls));
  counts.Set("hostCallAsync", static_cast<double>(calls.host_calls_async));
  counts.Set("timeouts", static_cast<double>(calls.timeouts));
  counts.Set("errors", static_cast<double>(calls.errors));
  record.Set("counts", counts.object());
  record.Set("pendingCalls", static_cast<double>(numbers.pending_calls));
  record.Set("activeHostCalls", static_cast<double>(numbers.active_host_calls));
  record.Set("activeTimers", static_cast<double>(numbers.active_timers));
  record.Set("liveFunctionHandles", static_cast<double>(numbers.function_handles));
  record.Set("heldHandles", static_cast<double>(numbers.held_handles));
  record.Set("activeGuestStreams", static_cast<double>(core.handles().streams()));
  return Returned(env, record.object());
}

void ReadUse(RuntimeCore& core, v8::Local<v8::Float64Array> out) {
  const GuestUse use = core.guest()->use();
  const double numbers[] = {Milliseconds(use.cpu), Milliseconds(use.wall), static_cast<double>(use.heap_used),
                            static_cast<double>(core.guest_promises().arrived())};
  if (out->ByteLength() < sizeof(numbers)) return;
  std::memcpy(static_cast<char*>(out->Buffer()->Data()) + out->ByteOffset(), numbers, sizeof(numbers));
}

}  // namespace isolet
