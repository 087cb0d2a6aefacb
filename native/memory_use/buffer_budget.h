// Counts buffers that V8 takes from the system without asking an allocator: resizable ArrayBuffers, growable
// SharedArrayBuffers and shared WebAssembly memories. Each reserves its largest size at once, so that is what counts
// against the guest's limit for buffers as long as anything holds the memory (a `transfer` passes it on). One that may
// grow above the limit counts with the size it has: when it is resized, and (a module may grow a memory it imports) at
// the intervals at which a running guest's memory is looked at.
//
// The guest's constructors, `resize` and `grow` are replaced by native functions that look at the budget first. A
// WebAssembly module can't declare such a memory inside itself (wasm/guard.h).
//
// The holder of the isolate's lock.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "memory_use/array_buffer_allocator.h"
#include "v8/originals.h"
#include "v8/v8.h"

namespace isolet {

class BufferBudget {
 public:
  BufferBudget() = default;
  BufferBudget(const BufferBudget&) = delete;
  BufferBudget& operator=(const BufferBudget&) = delete;

  enum class Kind : uint8_t { kArrayBuffer, kSharedArrayBuffer, kMemory };

  // Once, before guest code runs, apart from that of a snapshot. False: an exception is pending.
  bool Install(v8::Local<v8::Context> context, std::shared_ptr<ArrayBufferAllocator> allocator);

  // A resizable buffer that came to the guest from elsewhere. False: there is no room for it.
  bool Admit(v8::Isolate* isolate, const std::shared_ptr<v8::BackingStore>& store);
  // As the guest's own `new ArrayBuffer(length, { maxByteLength })`. Empty: an exception is pending.
  static v8::MaybeLocal<v8::ArrayBuffer> MakeResizable(v8::Local<v8::Context> context, size_t length,
                                                       size_t max_length);
  // Once the isolate is gone.
  void Clear();

  // Bytes that buffers with a ceiling above the limit have now; they are charged nowhere else.
  size_t Grown() const;

  // What the guest calls.
  template <Kind kind>
  static void Construct(const v8::FunctionCallbackInfo<v8::Value>& info);
  template <Kind kind>
  static void Grow(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void Species(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  using Id = uint64_t;

  struct Reservation {
    Id id;
    bool pending;  // nothing has been made for it yet
    std::weak_ptr<v8::BackingStore> store;
    size_t bytes;
  };

  // Our functions for one kind of buffer, and where V8's are kept.
  struct Stand {
    Original constructor;
    v8::FunctionCallback construct;
    Original grower;
    v8::FunctionCallback grow;
    const char* grow_name;
  };
  static const Stand& StandFor(Kind kind);

  bool Replace(v8::Local<v8::Context> context, v8::Local<v8::Value> holder, const char* name, Kind kind);

  // 0: there is no room. Else Fill or Cancel follows; the guest may construct another in between.
  Id Reserve(v8::Isolate* isolate, size_t bytes);
  void Fill(Id id, const std::shared_ptr<v8::BackingStore>& store);
  void Cancel(Id id);
  // `more` bytes for a memory that may grow.
  bool MayGrow(v8::Isolate* isolate, const std::shared_ptr<v8::BackingStore>& store, double more);
  Id Add(size_t bytes);
  void Sweep();

  std::shared_ptr<ArrayBufferAllocator> allocator_;
  std::vector<Reservation> reservations_;
  Id last_id_ = 0;
  size_t sweep_at_ = 0;  // as many reservations are worth a look
};

extern template void BufferBudget::Construct<BufferBudget::Kind::kArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferBudget::Construct<BufferBudget::Kind::kSharedArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferBudget::Construct<BufferBudget::Kind::kMemory>(const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferBudget::Grow<BufferBudget::Kind::kArrayBuffer>(const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferBudget::Grow<BufferBudget::Kind::kSharedArrayBuffer>(
    const v8::FunctionCallbackInfo<v8::Value>&);
extern template void BufferBudget::Grow<BufferBudget::Kind::kMemory>(const v8::FunctionCallbackInfo<v8::Value>&);

}  // namespace isolet
