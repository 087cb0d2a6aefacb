#include "binding/process_info.h"

#include "engine/code_cache.h"
#include "engine/executor.h"
#include "engine/fatal_guard.h"
#include "engine/isolate_holder.h"

namespace isolet {

Napi::Value Counters(const Napi::CallbackInfo& info) {
  Napi::Object counters = Napi::Object::New(info.Env());
  counters.Set("liveIsolates", static_cast<double>(IsolateHolder::live_count()));
  counters.Set("lostIsolates", static_cast<double>(FatalGuard::lost_count()));
  counters.Set("engineThreads", static_cast<double>(Executor::Get().thread_count()));
  CodeCache::Numbers cache = CodeCache::Get().numbers();
  counters.Set("codeCacheBytes", static_cast<double>(cache.bytes));
  counters.Set("codeCacheHits", static_cast<double>(cache.hits));
  return counters;
}

}  // namespace isolet
