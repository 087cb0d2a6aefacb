#include "memory_use/charged_objects.h"

#include <iterator>
#include <utility>

#include "memory_use/array_buffer_allocator.h"
#include "memory_use/mappings.h"
#include "v8/strings.h"

namespace isolet {

void ChargedObjects::Keep(v8::Isolate* isolate, v8::Local<v8::Object> object, size_t bytes,
                          ArrayBufferAllocator& allocator, size_t mappings) {
  v8::Global<v8::Object> kept(isolate, object);
  Entry& entry = entries_.emplace_back(Entry{std::move(kept), this, &allocator, bytes, mappings, {}});
  entry.self = std::prev(entries_.end());
  entry.object.SetWeak(&entry, OnCollected, v8::WeakCallbackType::kParameter);
}

void ChargedObjects::GiveBack(const Entry& entry) {
  entry.allocator->Uncharge(entry.bytes);
  Mappings::Give(entry.mappings);
}

void ChargedObjects::Clear() {
  for (const Entry& entry : entries_) GiveBack(entry);
  entries_.clear();
}

void ChargedObjects::OnCollected(const v8::WeakCallbackInfo<Entry>& info) {
  Entry* entry = info.GetParameter();
  entry->object.Reset();
  GiveBack(*entry);
  entry->owner->entries_.erase(entry->self);
}

bool ChargeCollecting(v8::Isolate* isolate, ArrayBufferAllocator& allocator, size_t bytes) {
  if (allocator.Charge(bytes)) return true;
  // One or two collections, which free what nobody holds at once. The other one makes up to seven.
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kNone);
  if (allocator.Charge(bytes)) return true;
  isolate->LowMemoryNotification();
  return allocator.Charge(bytes);
}

bool ChargeOrThrow(v8::Isolate* isolate, ArrayBufferAllocator& allocator, size_t bytes) {
  if (ChargeCollecting(isolate, allocator, bytes)) return true;
  isolate->ThrowException(v8::Exception::RangeError(Name(isolate, kAllocationFailed)));
  return false;
}

}  // namespace isolet
