// Counts buffers that V8 takes from the system without asking an allocator: resizable ArrayBuffers, growable
// SharedArrayBuffers and shared WebAssembly memories. Each reserves its largest size at once, so that is what counts
// against the guest's limit for buffers as long as anything holds the memory (a `transfer` passes it on). One that may
// grow above the limit counts with the size it has: when it is resized, and (a module may grow a memory it imports) at
// the intervals at which a running guest's memory is looked at.
//
// The holder of the isolate's lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "memory_use/array_buffer_allocator.h"
#include "v8/v8.h"

namespace isolet {

class Reservations {
 public:
  using Id = uint64_t;

  Reservations() = default;
  Reservations(const Reservations&) = delete;
  Reservations& operator=(const Reservations&) = delete;

  // Before everything else.
  void Attach(std::shared_ptr<ArrayBufferAllocator> allocator) { allocator_ = std::move(allocator); }

  // Before a buffer is made that may have so many bytes. 0: there is no room. Else Fill or Cancel follows; the guest
  // may ask for another in between.
  Id Reserve(v8::Isolate* isolate, size_t bytes);
  void Fill(Id id, const std::shared_ptr<v8::BackingStore>& store);
  void Cancel(Id id);
  // A resizable buffer that came to the guest from elsewhere. False: there is no room for it.
  bool Admit(v8::Isolate* isolate, const std::shared_ptr<v8::BackingStore>& store);
  // `more` bytes for a buffer that may grow.
  bool MayGrow(v8::Isolate* isolate, const std::shared_ptr<v8::BackingStore>& store, double more);
  // Once the isolate is gone.
  void Clear();

  // Bytes that buffers with a ceiling above the limit have now; they are charged nowhere else.
  size_t Grown() const;

 private:
  struct Reservation {
    Id id;
    bool pending;  // nothing has been made for it yet
    std::weak_ptr<v8::BackingStore> store;
    size_t bytes;
  };

  Id Add(size_t bytes);
  void Sweep();

  std::shared_ptr<ArrayBufferAllocator> allocator_;
  std::vector<Reservation> reservations_;
  Id last_id_ = 0;
  size_t sweep_at_ = 0;  // as many reservations are worth a look
};

}  // namespace isolet
