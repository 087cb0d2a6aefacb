#include "modules/waits.h"

#include <memory>
#include <utility>

#include "guest/guest.h"

namespace isolet {

bool ModuleWaits::CanGoOn() const {
  // What is in the mailbox may be what V8 has ready.
  return guest_.timers().size() > 0 || !guest_.async_waits().empty() || guest_.wasm().compiling() || guest_.HasTasks();
}

bool ModuleWaits::Begin(uint64_t call_id, const std::string& specifier) {
  if (guest_.depth != 1 || guest_.gate().stopping() || !CanGoOn()) return false;
  std::shared_ptr<Call> call = guest_.gate().Continued();
  if (!call || call->id != call_id) return false;
  if (guest_.calls().Add(call, {}) != CallTable::Answer::kAdded) return false;
  if (call->deadline != Watched::kNever) Watchdog::Get().Arm(&guest_, call->deadline);
  waits_.emplace(call_id, specifier);
  return true;
}

void ModuleWaits::EndHopeless() {
  if (waits_.empty()) return;
  std::erase_if(waits_, [this](const auto& wait) { return !guest_.calls().Find(wait.first); });
  if (waits_.empty() || CanGoOn()) return;
  const int64_t now = SteadyNow();
  for (auto& [call_id, specifier] : std::exchange(waits_, {})) {
    std::shared_ptr<Call> call = guest_.calls().Find(call_id);
    // What could have settled it was stopped because its time is over: that is the answer, and the watchdog is about to
    // give it.
    if (call && call->deadline <= now) continue;
    guest_.Settle(call_id, Failure(specifier));
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
