#include "calls/ties.h"

#include "calls/host.h"

namespace isolet {

bool CallTies::Hold(uint64_t call_id, bool synchronous) {
  const bool tied = ties_.contains(call_id);
  if (!tied && !(synchronous && said_.contains(call_id))) return false;
  held_.insert(call_id);
  if (!tied) loose_.push_back(call_id);
  return true;
}

void CallTies::Remove(uint64_t call_id) {
  auto found = ties_.find(call_id);
  if (found == ties_.end() || --found->second > 0) return;
  ties_.erase(found);
  if (held_.contains(call_id)) loose_.push_back(call_id);
}

void CallTies::Settle(Host& host) {
  said_.clear();
  if (loose_.empty()) return;
  for (uint64_t call_id : std::exchange(loose_, {})) {
    // What ended may have begun something else.
    if (!ties_.contains(call_id) && held_.erase(call_id) > 0) host.PostEvent(CallForgotten{call_id});
  }
}

void CallTies::Clear() {
  ties_.clear();
  held_.clear();
  said_.clear();
  loose_.clear();
}

}  // namespace isolet
