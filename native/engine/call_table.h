// The asynchronous calls of one guest that have no answer yet. Whoever takes a call out of the table gives the answer:
// that is what makes it exactly one. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "engine/call.h"

namespace isolet {

class CallTable {
 public:
  CallTable() = default;
  CallTable(const CallTable&) = delete;
  CallTable& operator=(const CallTable&) = delete;

  // False after Shut: the caller answers itself.
  bool Add(std::shared_ptr<Call> call);
  // Null if it has been taken.
  std::shared_ptr<Call> Take(uint64_t id);
  std::shared_ptr<Call> Find(uint64_t id) const;
  // Takes what is past its deadline; `next` becomes the earliest deadline that is left, if earlier.
  // Calls for which `skip` answers true stay (asked with the table's mutex held).
  std::vector<std::shared_ptr<Call>> TakeExpired(int64_t now, const std::function<bool(uint64_t)>& skip, int64_t* next);
  // Takes calls that have been inside the guest already, but not `except`.
  std::vector<std::shared_ptr<Call>> TakeStarted(uint64_t except);
  // Those that have been inside the guest already.
  std::vector<std::shared_ptr<Call>> Started() const;
  // Takes all, and lets no more in.
  std::vector<std::shared_ptr<Call>> Shut();

  size_t size() const;
  // The longest limits of the calls that have begun, for work that belongs to none of them.
  CallLimits WidestLimits() const;

 private:
  // Guards everything below. Lock order: after the watchdog's, before the gate's.
  mutable std::mutex mutex_;
  std::unordered_map<uint64_t, std::shared_ptr<Call>> calls_;
  bool shut_ = false;
};

}  // namespace isolet
