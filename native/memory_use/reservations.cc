#include "memory_use/reservations.h"

#include <algorithm>
#include <utility>

#include "memory_use/mappings.h"

namespace isolet {
namespace {

// Address space, all buffers of a guest together: thousands of guests may have it, a process has 128 TB.
constexpr size_t kMostReserved = size_t{4} << 30;
// Looks at them are linear.
constexpr size_t kMostReservations = 1000;
constexpr size_t kMappings = 2;  // each takes
constexpr size_t kFirstSweep = 64;

// A buffer that might grow beyond the guest's limit has a ceiling that nobody expects to reach. It is not charged; its
// address space is bounded, and it counts with the size it has (MayGrow, Grown).
bool IsCharged(const ArrayBufferAllocator& allocator, size_t bytes) {
  return allocator.limit() == 0 || bytes <= allocator.limit();
}

bool Charge(ArrayBufferAllocator& allocator, size_t bytes) {
  return !IsCharged(allocator, bytes) || allocator.Charge(bytes);
}

void Uncharge(ArrayBufferAllocator& allocator, size_t bytes) {
  if (IsCharged(allocator, bytes)) allocator.Uncharge(bytes);
}

}  // namespace

bool Reservations::Admit(v8::Isolate* isolate, const std::shared_ptr<v8::BackingStore>& store) {
  const Id id = Reserve(isolate, store->MaxByteLength());
  if (id != 0) Fill(id, store);
  return id != 0;
}

Reservations::Id Reservations::Reserve(v8::Isolate* isolate, size_t bytes) {
  auto fits = [&] {
    size_t reserved = bytes;
    for (const Reservation& reservation : reservations_) reserved += reservation.bytes;
    if (reservations_.size() >= kMostReservations || reserved > kMostReserved) return false;
    if (!Mappings::Take(kMappings)) return false;
    if (Charge(*allocator_, bytes)) return true;
    Mappings::Give(kMappings);
    return false;
  };
  if (bytes > kMostReserved) return 0;
  if (fits()) return Add(bytes);
  // As V8 does before it tells a guest that an allocator refused.
  Sweep();
  if (fits()) return Add(bytes);
  isolate->LowMemoryNotification();
  Sweep();
  return fits() ? Add(bytes) : 0;
}

Reservations::Id Reservations::Add(size_t bytes) {
  if (reservations_.size() >= std::max(sweep_at_, kFirstSweep)) {
    Sweep();
    sweep_at_ = reservations_.size() * 2;
  }
  reservations_.push_back({++last_id_, true, {}, bytes});
  return last_id_;
}

void Reservations::Fill(Id id, const std::shared_ptr<v8::BackingStore>& store) {
  for (Reservation& reservation : reservations_) {
    if (reservation.id != id) continue;
    reservation.store = store;
    reservation.pending = false;
  }
}

void Reservations::Cancel(Id id) {
  Fill(id, nullptr);
  Sweep();
}

bool Reservations::MayGrow(v8::Isolate* isolate, const std::shared_ptr<v8::BackingStore>& store, double more) {
  if (allocator_->limit() == 0) return true;
  auto known = std::find_if(reservations_.begin(), reservations_.end(),
                            [&](const Reservation& reservation) { return reservation.store.lock() == store; });
  // Charged with its largest size from the start.
  if (known != reservations_.end() && IsCharged(*allocator_, known->bytes)) return true;
  // One that V8 made by itself: from now on it counts with the size it has.
  if (known == reservations_.end() && Mappings::Take(kMappings)) Fill(Add(allocator_->limit() + 1), store);
  auto fits = [&] {
    return allocator_->heap() + allocator_->used() + Grown() + more <= static_cast<double>(allocator_->limit());
  };
  if (fits()) return true;
  isolate->LowMemoryNotification();
  return fits();
}

size_t Reservations::Grown() const {
  size_t bytes = 0;
  for (const Reservation& reservation : reservations_) {
    if (IsCharged(*allocator_, reservation.bytes)) continue;
    if (std::shared_ptr<v8::BackingStore> store = reservation.store.lock()) bytes += store->ByteLength();
  }
  return bytes;
}

void Reservations::Sweep() {
  size_t erased = std::erase_if(reservations_, [this](const Reservation& reservation) {
    if (reservation.pending || !reservation.store.expired()) return false;
    Uncharge(*allocator_, reservation.bytes);
    return true;
  });
  Mappings::Give(erased * kMappings);
}

void Reservations::Clear() {
  Mappings::Give(reservations_.size() * kMappings);
  reservations_.clear();
}

}  // namespace isolet
