#include "binding/api/process_info.h"

#include "binding/api/runtime_handle.h"
#include "binding/environment/given.h"
#include "binding/environment/record.h"
#include "code/cache.h"
#include "guest/guest.h"
#include "guest/stock.h"
#include "isolate/admission.h"
#include "isolate/holder.h"
#include "threads/executor.h"

namespace isolet {

Napi::Value Counters(const Napi::CallbackInfo& info) {
  Record counters(v8::Isolate::GetCurrent());
  counters.Set("madeIsolates", static_cast<double>(IsolateHolder::made_count()));
  counters.Set("liveIsolates", static_cast<double>(IsolateHolder::live_count()));
  counters.Set("stockedIsolates", static_cast<double>(IsolateHolder::stocked_count()));
  counters.Set("lostIsolates", static_cast<double>(Admission::Get().lost_count()));
  counters.Set("reservedBytes", static_cast<double>(Admission::Get().reserved_bytes()));
  counters.Set("engineThreads", static_cast<double>(Executor::Get().thread_count()));
  CodeCache::Numbers cache = CodeCache::Get().numbers();
  counters.Set("codeCacheBytes", static_cast<double>(cache.bytes));
  counters.Set("codeCacheHits", static_cast<double>(cache.hits));
  return Returned(info.Env(), counters.object());
}

Napi::Value ProcessLimits(const Napi::CallbackInfo& info) {
  Admission::Limits limits = Admission::Get().limits();
  Record record(v8::Isolate::GetCurrent());
  record.Set("maxIsolates", static_cast<double>(limits.isolates));
  record.Set("maxReservedBytes", static_cast<double>(limits.reserved_bytes));
  record.Set("maxLostIsolates", static_cast<double>(limits.lost));
  record.Set("maxStockedIsolates", static_cast<double>(GuestStock::most()));
  return Returned(info.Env(), record.object());
}

void SetProcessLimits(const Napi::CallbackInfo& info) {
  Given given(info);
  for (size_t i = 0; i < 4; ++i) {
    if (!given[i]->IsNumber()) return;
  }
  auto number = [&](size_t index) { return static_cast<size_t>(given.Id(index)); };
  Admission::Get().SetLimits({number(0), number(1), number(2)});
  GuestStock::SetMost(number(3));
}

void WakeThread(const Napi::CallbackInfo& info) {
  void* runtime = nullptr;
  if (napi_unwrap(info.Env(), ToNapi(Given(info)[0]), &runtime) != napi_ok) return;
  // In a cell others wait.
  if (Guest* guest = static_cast<RuntimeHandle*>(runtime)->guest().in_place()) guest->Expect();
}

}  // namespace isolet
