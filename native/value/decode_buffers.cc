// ArrayBuffers and views.
#include "value/buffer_memory.h"
#include "value/cost.h"
#include "value/decoder.h"
#include "value/intrinsics.h"

namespace isolet::value {

namespace {

template <typename T>
v8::Local<v8::Value> MakeView(v8::Local<v8::ArrayBuffer> buffer, size_t offset, size_t length) {
  if (length > T::kMaxLength) return {};
  return T::New(buffer, offset, length);
}

v8::Local<v8::Value> MakeView(ViewType type, v8::Local<v8::ArrayBuffer> buffer, size_t offset, size_t length) {
  switch (type) {
    case ViewType::kDataView:
      return v8::DataView::New(buffer, offset, length);
    case ViewType::kUint8:
      return MakeView<v8::Uint8Array>(buffer, offset, length);
    case ViewType::kUint8Clamped:
      return MakeView<v8::Uint8ClampedArray>(buffer, offset, length);
    case ViewType::kInt8:
      return MakeView<v8::Int8Array>(buffer, offset, length);
    case ViewType::kUint16:
      return MakeView<v8::Uint16Array>(buffer, offset, length);
    case ViewType::kInt16:
      return MakeView<v8::Int16Array>(buffer, offset, length);
    case ViewType::kUint32:
      return MakeView<v8::Uint32Array>(buffer, offset, length);
    case ViewType::kInt32:
      return MakeView<v8::Int32Array>(buffer, offset, length);
    case ViewType::kFloat16:
      return NewFloat16Array(buffer, offset, length);
    case ViewType::kFloat32:
      return MakeView<v8::Float32Array>(buffer, offset, length);
    case ViewType::kFloat64:
      return MakeView<v8::Float64Array>(buffer, offset, length);
    case ViewType::kBigInt64:
      return MakeView<v8::BigInt64Array>(buffer, offset, length);
    case ViewType::kBigUint64:
      return MakeView<v8::BigUint64Array>(buffer, offset, length);
  }
  return {};
}

size_t StoreCost(const v8::BackingStore& store) {
  if (!store.IsResizableByUserJavaScript()) return store.ByteLength();
  return store.MaxByteLength() < cost::kResizable ? cost::kResizable : store.MaxByteLength();
}

}  // namespace

bool Decoder::ReadBuffer(Tag tag, Value* value) {
  if (tag == Tag::kStore) {
    uint32_t index;
    if (!in_.Varint32(&index) || index >= message_.stores.size() || !message_.stores[index]) return Malformed();
    if (!Charge(cost::kBuffer) || !ChargeFully(StoreCost(*message_.stores[index]))) return false;
    return AdoptStore(std::move(message_.stores[index]), value);
  }
  uint64_t length;
  const uint8_t* data;
  if (!in_.Varint(&length) || length > in_.Left() || !in_.Raw(length, &data)) return Malformed();
  if (!Charge(cost::kBuffer)) return false;
  auto store = NewStore(length);
  if (!store) return NoMemory();
  if (length != 0) std::memcpy(store->Data(), data, length);
  return AdoptStore(std::move(store), value);
}

bool Decoder::AdoptStore(std::shared_ptr<v8::BackingStore> store, Value* value) {
  if (store->IsShared()) return Malformed();
  MakeRoomFor(isolate_, store->ByteLength());
  if (buffers_ != nullptr) store = buffers_->Adopt(isolate_, std::move(store));
  if (!store) return NoMemory();
  *value = v8::ArrayBuffer::New(isolate_, std::move(store));
  objects_.push_back(*value);
  return true;
}

bool Decoder::ReadView(Value* value) {
  uint32_t type_number;
  uint64_t offset;
  uint64_t length;
  uint8_t tag_byte;
  if (!in_.Varint32(&type_number) || type_number >= kViewTypes || !in_.Varint(&offset) || !in_.Varint(&length) ||
      !in_.Byte(&tag_byte)) {
    return Malformed();
  }
  if (!Charge(cost::kView)) return false;
  const uint32_t number = Number();
  const auto tag = static_cast<Tag>(tag_byte);
  Value inner;
  if (tag == Tag::kRef) {
    uint32_t seen;
    if (!in_.Varint32(&seen) || seen >= objects_.size() || objects_[seen].IsEmpty()) return Malformed();
    inner = objects_[seen];
    if (!inner->IsArrayBuffer()) return Malformed();
  } else if (tag == Tag::kBuffer || tag == Tag::kStore) {
    if (!ReadBuffer(tag, &inner)) return false;
  } else {
    return Malformed();
  }
  const auto buffer = inner.As<v8::ArrayBuffer>();
  const auto type = static_cast<ViewType>(type_number);
  const size_t element = ElementSize(type);
  const size_t size = buffer->ByteLength();
  if (offset > size || offset % element != 0 || length > (size - offset) / element) return Malformed();
  *value = MakeView(type, buffer, offset, length);
  if (value->IsEmpty()) return Malformed();
  objects_[number] = *value;
  return true;
}

}  // namespace isolet::value
