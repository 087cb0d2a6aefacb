#include "modules/waits.h"

#include <memory>
#include <utility>

#include "boundary/settlement.h"
#include "calls/entry_state.h"
#include "calls/gate.h"
#include "calls/parts.h"
#include "calls/table.h"
#include "calls/task.h"
#include "realm/async_waits.h"
#include "realm/timers.h"
#include "threads/watchdog.h"
#include "wasm/budget.h"

namespace isolet {

bool ModuleWaits::CanGoOn() const {
  // What is in the mailbox may be what V8 has ready.
  return parts_.timers().size() > 0 || !parts_.async_waits().empty() || parts_.wasm().compiling() ||
         parts_.turns().HasTasks();
}

bool ModuleWaits::Begin(uint64_t call_id, const std::string& specifier) {
  if (parts_.entry_state().depth != 1 || parts_.gate().stopping() || !CanGoOn()) return false;
  std::shared_ptr<Call> call = parts_.gate().Continued();
  if (!call || call->id != call_id) return false;
  if (parts_.calls().Add(call, {}) != CallTable::Answer::kAdded) return false;
  if (call->deadline != Watched::kNever) Watchdog::Get().Arm(&parts_.watched(), call->deadline);
  waits_.emplace(call_id, specifier);
  return true;
}

void ModuleWaits::EndHopeless() {
  if (waits_.empty()) return;
  std::erase_if(waits_, [this](const auto& wait) { return !parts_.calls().Find(wait.first); });
  if (waits_.empty() || CanGoOn()) return;
  const int64_t now = SteadyNow();
  for (auto& [call_id, specifier] : std::exchange(waits_, {})) {
    std::shared_ptr<Call> call = parts_.calls().Find(call_id);
    // What could have settled it was stopped because its time is over: that is the answer, and the watchdog is about to
    // give it.
    if (call && call->deadline <= now) continue;
    parts_.settlement().Settle(call_id, Failure(specifier));
  }
}

ModuleFailure ModuleWaits::Failure(const std::string& specifier) {
  ModuleFailure failure;
  failure.specifier = specifier;
  failure.message = "Module '" + specifier +
                    "' waits at a top-level await for something that evalModule can't wait for. Use evalModuleAsync.";
  return failure;
}

}  // namespace isolet
