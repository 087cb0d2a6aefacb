#include "engine/guest_functions.h"

#include "engine/brands.h"

namespace isolet {

uint64_t GuestFunctions::Export(v8::Local<v8::Context> context, v8::Local<v8::Function> function) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (std::optional<uint64_t> id = ReadBrand(context, function, Brand::kGuestFunction)) {
    auto found = entries_.find(*id);
    if (found != entries_.end()) {
      ++found->second.arrivals;
      return *id;
    }
  }
  uint64_t id = next_id_++;
  Entry& entry = entries_[id];
  entry.function.Reset(isolate, function);
  entry.arrivals = 1;
  WriteBrand(context, function, Brand::kGuestFunction, id);
  size_.store(entries_.size(), std::memory_order_relaxed);
  return id;
}

v8::MaybeLocal<v8::Function> GuestFunctions::Find(v8::Isolate* isolate, uint64_t id) const {
  auto found = entries_.find(id);
  if (found == entries_.end()) return {};
  return found->second.function.Get(isolate);
}

void GuestFunctions::Release(uint64_t id, uint64_t count) {
  auto found = entries_.find(id);
  if (found == entries_.end()) return;
  if (found->second.arrivals > count) {
    found->second.arrivals -= count;
    return;
  }
  // The brand stays behind; its id is never used again, so it is a miss.
  entries_.erase(found);
  size_.store(entries_.size(), std::memory_order_relaxed);
}

void GuestFunctions::Clear() {
  entries_.clear();
  size_.store(0, std::memory_order_relaxed);
}

}  // namespace isolet
