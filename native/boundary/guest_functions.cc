#include "boundary/guest_functions.h"

#include <utility>

#include "v8/private_ids.h"

namespace isolet {
namespace {

uint64_t MethodOf(uint64_t own_id, v8::Local<v8::Object> receiver) {
  const auto hash = receiver.IsEmpty() ? 0 : static_cast<uint64_t>(receiver->GetIdentityHash());
  return (own_id << 32) ^ hash;
}

}  // namespace

std::variant<uint64_t, value::Failure> GuestFunctions::Export(v8::Local<v8::Context> context,
                                                              v8::Local<v8::Function> function,
                                                              v8::Local<v8::Object> receiver) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  std::optional<uint64_t> own_id = ReadPrivateId(context, function, PrivateId::kGuestFunction);
  if (own_id) {
    const auto [first, last] = ids_.equal_range(MethodOf(*own_id, receiver));
    for (auto known = first; known != last; ++known) {
      Entry& entry = entries_[known->second];
      // Hashes are not unique.
      if (entry.own_id != *own_id) continue;
      bool same = receiver.IsEmpty() ? entry.receiver.IsEmpty() : entry.receiver == receiver;
      if (!same) continue;
      ++entry.arrivals;
      return known->second;
    }
  }
  // May release others.
  if (std::optional<value::Failure> refused = held_.Take(HeldHandles::kFunctionBytes)) return *std::move(refused);
  uint64_t id = next_id_++;
  if (!own_id) {
    // It stays on the function when its entries are gone.
    own_id = id;
    WritePrivateId(context, function, PrivateId::kGuestFunction, id);
  }
  Entry& entry = entries_[id];
  entry.function.Reset(isolate, function);
  if (!receiver.IsEmpty()) entry.receiver.Reset(isolate, receiver);
  entry.arrivals = 1;
  entry.own_id = *own_id;
  entry.method = MethodOf(*own_id, receiver);
  ids_.emplace(entry.method, id);
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
  const auto [first, last] = ids_.equal_range(found->second.method);
  for (auto known = first; known != last; ++known) {
    if (known->second != id) continue;
    ids_.erase(known);
    break;
  }
  entries_.erase(found);
  held_.Give(HeldHandles::kFunctionBytes);
  size_.store(entries_.size(), std::memory_order_relaxed);
}

void GuestFunctions::Clear() {
  if (!entries_.empty()) held_.Give(HeldHandles::kFunctionBytes, entries_.size());
  entries_.clear();
  ids_.clear();
  size_.store(0, std::memory_order_relaxed);
}

}  // namespace isolet
