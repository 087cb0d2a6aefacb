#include "binding/stats_object.h"

namespace isolet {
namespace {

constexpr const char* kKinds[] = {"eval", "evalAsync", "evalModule", "evalModuleAsync", "call", "callAsync"};

double Milliseconds(int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

}  // namespace

Napi::Value StatsObject(Napi::Env env, Guest& guest) {
  HeapNumbers heap = guest.heap_numbers();
  const Stats& stats = guest.stats();
  Napi::Object object = Napi::Object::New(env);
  auto set = [&](const char* name, double value) { object.Set(name, value); };
  set("heapTotalBytes", static_cast<double>(heap.total));
  set("heapUsedBytes", static_cast<double>(heap.used));
  set("heapLimitBytes",
      static_cast<double>(guest.options().max_heap_size ? guest.options().max_heap_size : heap.limit));
  set("externalMemoryBytes", static_cast<double>(heap.external));
  set("arrayBufferBytes", static_cast<double>(guest.array_buffer_bytes()));
  set("physicalTotalBytes", static_cast<double>(heap.physical));
  set("mallocedBytes", static_cast<double>(heap.malloced));
  set("totalExecutionTimeMs", Milliseconds(stats.wall_total.load(std::memory_order_relaxed)));
  set("lastExecutionTimeMs", Milliseconds(stats.wall_last.load(std::memory_order_relaxed)));
  set("totalCpuTimeMs", Milliseconds(stats.cpu_total.load(std::memory_order_relaxed)));
  set("lastCpuTimeMs", Milliseconds(stats.cpu_last.load(std::memory_order_relaxed)));
  int kind = stats.last_kind.load(std::memory_order_relaxed);
  object.Set("lastExecutionKind",
             kind == Stats::kNoKind ? env.Null() : Napi::Value(Napi::String::New(env, kKinds[kind])));
  Napi::Object counts = Napi::Object::New(env);
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    counts.Set(kKinds[i], static_cast<double>(stats.calls[i].load(std::memory_order_relaxed)));
  }
  counts.Set("hostCall", static_cast<double>(stats.host_calls.load(std::memory_order_relaxed)));
  counts.Set("hostCallAsync", static_cast<double>(stats.host_calls_async.load(std::memory_order_relaxed)));
  counts.Set("timeouts", static_cast<double>(stats.timeouts.load(std::memory_order_relaxed)));
  counts.Set("errors", static_cast<double>(stats.errors.load(std::memory_order_relaxed)));
  object.Set("counts", counts);
  set("pendingCalls", static_cast<double>(guest.calls().size()));
  set("activeHostCalls", static_cast<double>(guest.promises().active()));
  set("activeTimers", static_cast<double>(guest.timers().size()));
  set("liveFunctionHandles", static_cast<double>(guest.functions().size()));
  return object;
}

void ReadUse(Guest& guest, Napi::Float64Array out) {
  if (out.ElementLength() < 3) return;
  const Stats& stats = guest.stats();
  out[0] = Milliseconds(stats.cpu_total.load(std::memory_order_relaxed));
  out[1] = Milliseconds(stats.wall_total.load(std::memory_order_relaxed));
  out[2] = static_cast<double>(guest.noted_heap_used());
}

}  // namespace isolet
