// Synchronous evaluations that are at a top-level await which the guest can settle itself: with a timer, or when V8 has
// compiled WebAssembly. The call has left its frame and is in the call table like an asynchronous one, so that its
// limits, an abort and the guest's end find it; turns of the mailbox do what it waits for. When there is nothing left
// that could settle it, it fails.
//
// The holder of the isolate's lock.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "calls/outcome.h"
#include "isolate/lock.h"
#include "v8/v8.h"

namespace isolet {

class ModuleWaits {
 public:
  explicit ModuleWaits(Parts& parts) : parts_(parts) {}
  ModuleWaits(const ModuleWaits&) = delete;
  ModuleWaits& operator=(const ModuleWaits&) = delete;

  // In the frame of the call, the outermost one. False: the guest can't settle it, or is being stopped.
  bool Begin(uint64_t call_id, const std::string& specifier);
  bool Has(uint64_t call_id) const { return waits_.contains(call_id); }
  // After a turn: answers those that would wait for ever.
  void EndHopeless();
  void Clear() { waits_.clear(); }

  // What evalModule says of a module that it can't wait for.
  static ModuleFailure Failure(const std::string& specifier);

 private:
  bool CanGoOn() const;

  Parts& parts_;
  std::unordered_map<uint64_t, std::string> waits_;  // call to specifier
};

}  // namespace isolet
