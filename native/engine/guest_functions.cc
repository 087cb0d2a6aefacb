#include "engine/guest_functions.h"

#include "engine/brands.h"

namespace isolet {

uint64_t GuestFunctions::Export(v8::Local<v8::Context> context, v8::Local<v8::Function> function,
                                v8::Local<v8::Object> receiver) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  std::optional<uint64_t> group = ReadBrand(context, function, Brand::kGuestFunction);
  if (group) {
    for (uint64_t id : groups_[*group]) {
      Entry& entry = entries_[id];
      bool same = receiver.IsEmpty() ? entry.receiver.IsEmpty() : entry.receiver == receiver;
      if (!same) continue;
      ++entry.arrivals;
      return id;
    }
  }
  uint64_t id = next_id_++;
  if (!group) {
    group = id;
    WriteBrand(context, function, Brand::kGuestFunction, id);
  }
  Entry& entry = entries_[id];
  entry.function.Reset(isolate, function);
  if (!receiver.IsEmpty()) entry.receiver.Reset(isolate, receiver);
  entry.arrivals = 1;
  entry.group = *group;
  groups_[*group].push_back(id);
  size_.store(entries_.size(), std::memory_order_relaxed);
  return id;
}

v8::MaybeLocal<v8::Function> GuestFunctions::Find(v8::Isolate* isolate, uint64_t id) const {
  auto found = entries_.find(id);
  if (found == entries_.end()) return {};
  return found->second.function.Get(isolate);
}

v8::Local<v8::Object> GuestFunctions::Receiver(v8::Isolate* isolate, uint64_t id) const {
  auto found = entries_.find(id);
  if (found == entries_.end() || found->second.receiver.IsEmpty()) return {};
  return found->second.receiver.Get(isolate);
}

void GuestFunctions::Release(uint64_t id, uint64_t count) {
  auto found = entries_.find(id);
  if (found == entries_.end()) return;
  if (found->second.arrivals > count) {
    found->second.arrivals -= count;
    return;
  }
  // The brand stays behind on the function; it names a group that may come back.
  auto group = groups_.find(found->second.group);
  std::erase(group->second, id);
  if (group->second.empty()) groups_.erase(group);
  entries_.erase(found);
  size_.store(entries_.size(), std::memory_order_relaxed);
}

void GuestFunctions::Clear() {
  entries_.clear();
  groups_.clear();
  size_.store(0, std::memory_order_relaxed);
}

}  // namespace isolet
