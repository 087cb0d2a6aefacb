// Values on the wire: a value::Message is bytes, the memory of large buffers,
// and handles. Its bytes are not looked at here: they refer to nothing but
// themselves, the stores and the handles beside them (what is known of keys and
// shapes lives as long as one message), and are checked by the decoder where
// they arrive.
//
// A store that is read costs what it takes, from the same budget as the bytes;
// so memory that is made here is never more than what the value may cost
// anyway.
#pragma once

#include <cmath>
#include <cstring>

#include "calls/host_call.h"
#include "value/buffer_memory.h"
#include "value/cost.h"
#include "value/message.h"
#include "value/primitive.h"
#include "wire/fields.h"

namespace isolet::wire {

// How the memory of a buffer comes. The number of a descriptor that was passed
// before would be one more.
enum class StoreKind : uint8_t { kNone, kHere, kResizable };

inline constexpr size_t kMostHandleName = 256;
// Beyond the limit on values: what needs no value, like undefined, crosses
// under any.
inline constexpr size_t kFreeBytes = 1024;

inline bool Store(FieldWriter& f, std::shared_ptr<v8::BackingStore>& store) {
  if (!store) return f.Enum(StoreKind::kNone, StoreKind::kResizable);
  const bool resizable = store->IsResizableByUserJavaScript();
  f.Enum(resizable ? StoreKind::kResizable : StoreKind::kHere, StoreKind::kResizable);
  if (resizable) f.Number(store->MaxByteLength());
  return f.Number(store->ByteLength()) && f.Raw(store->Data(), store->ByteLength());
}

// `left` of what the value may cost.
inline bool Store(FieldReader& f, std::shared_ptr<v8::BackingStore>& store, size_t* left) {
  StoreKind kind;
  size_t max = 0, size;
  const uint8_t* data;
  if (!f.Enum(kind, StoreKind::kResizable)) return false;
  if (kind == StoreKind::kNone) return true;
  if (kind == StoreKind::kResizable && !f.Number(max)) return false;
  if (!f.Bytes(&data, &size)) return false;
  size_t cost = size;
  if (kind == StoreKind::kResizable) cost = max < value::cost::kResizable ? value::cost::kResizable : max;
  if (size > cost || cost > *left) return false;
  *left -= cost;
  if (kind == StoreKind::kResizable) {
    store = v8::ArrayBuffer::NewResizableBackingStore(size, max);
  } else {
    store = value::NewStore(size);
  }
  if (!store) return false;
  if (size != 0) std::memcpy(store->Data(), data, size);
  return true;
}

template <typename F>
bool Fields(F& f, value::Handle& handle) {
  return f.Enum(handle.kind, value::HandleKind::kHostError) && handle.kind >= value::HandleKind::kGuestFunction &&
         f.Number(handle.flags, static_cast<uint64_t>(HostCallMode::kAsync)) && Id(f, handle.id) &&
         f.Text(handle.name, kMostHandleName) && f.Number(handle.length);
}

inline bool Fields(FieldWriter& f, value::Message& message) {
  f.Number(message.bytes.size());
  f.Raw(message.bytes.data(), message.bytes.size());
  return List(f, message.stores, SIZE_MAX, [&](auto& store) { return Store(f, store); }) &&
         List(f, message.handles, value::kMaxHandles, [&](auto& handle) { return Fields(f, handle); });
}

inline bool Fields(FieldReader& f, value::Message& message) {
  const uint8_t* data;
  size_t size;
  size_t left = f.max_bytes() > SIZE_MAX - kFreeBytes ? SIZE_MAX : f.max_bytes() + kFreeBytes;
  if (!f.Bytes(&data, &size) || size > left) return false;
  left -= size;
  message.bytes = value::Bytes(data, size);
  const size_t most_stores = (left + value::cost::kAllowance) / value::cost::kBuffer;
  return List(f, message.stores, most_stores, [&](auto& store) { return Store(f, store, &left); }) &&
         List(f, message.handles, value::kMaxHandles, [&](auto& handle) { return Fields(f, handle); });
}

template <typename F>
bool Fields(F& f, value::Primitive& primitive) {
  if (!f.Enum(primitive.kind, value::Primitive::Kind::kNumber)) return false;
  if (primitive.kind != value::Primitive::Kind::kNumber) return true;
  if (!f.Double(primitive.number)) return false;
  // Of all that is not a number V8 takes one pattern of bits only.
  if (std::isnan(primitive.number)) primitive.number = std::nan("");
  return true;
}

inline bool Fields(FieldWriter& f, value::Primitives& list) {
  f.Number(list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    value::Primitive primitive = list[i];
    Fields(f, primitive);
  }
  return true;
}

inline bool Fields(FieldReader& f, value::Primitives& list) {
  size_t count;
  if (!f.Number(count, value::Primitives::kMost)) return false;
  for (size_t i = 0; i < count; ++i) {
    value::Primitive primitive;
    if (!Fields(f, primitive) || !list.Add(primitive)) return false;
  }
  return true;
}

}  // namespace isolet::wire
