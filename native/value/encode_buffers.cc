// ArrayBuffers and views. Two views of one ArrayBuffer share one copy of it, and the whole ArrayBuffer crosses, with
// two exceptions, in which only the viewed bytes do: a view whose ArrayBuffer nobody has seen, and an instance of a
// subclass of Uint8Array (as Node's Buffer is) that shows a part of an ArrayBuffer that is not in the message yet:
// behind a Buffer is a pool with the bytes of others.
//
// Views of resizable ArrayBuffers arrive with the length they have now: V8's API does not say whether a view tracks the
// length of its ArrayBuffer.
#include <algorithm>
#include <cstring>

#include "value/buffer_memory.h"
#include "value/cost.h"
#include "value/encoder.h"

namespace isolet::value {

namespace {

ViewType TypeOf(v8::Local<v8::ArrayBufferView> view) {
  if (view->IsUint8Array()) return ViewType::kUint8;
  if (view->IsDataView()) return ViewType::kDataView;
  if (view->IsUint8ClampedArray()) return ViewType::kUint8Clamped;
  if (view->IsInt8Array()) return ViewType::kInt8;
  if (view->IsUint16Array()) return ViewType::kUint16;
  if (view->IsInt16Array()) return ViewType::kInt16;
  if (view->IsUint32Array()) return ViewType::kUint32;
  if (view->IsInt32Array()) return ViewType::kInt32;
  if (view->IsFloat32Array()) return ViewType::kFloat32;
  if (view->IsFloat64Array()) return ViewType::kFloat64;
  if (view->IsBigInt64Array()) return ViewType::kBigInt64;
  if (view->IsBigUint64Array()) return ViewType::kBigUint64;
  return ViewType::kFloat16;
}

// Into memory that nobody has cleared.
void CopyAll(v8::Local<v8::ArrayBufferView> view, void* to, size_t length) {
  const size_t copied = view->CopyContents(to, length);
  if (copied < length) std::memset(static_cast<uint8_t*>(to) + copied, 0, length - copied);
}

size_t ResizableCost(v8::Local<v8::ArrayBuffer> buffer) { return std::max(cost::kResizable, buffer->MaxByteLength()); }

}  // namespace

bool Encoder::WriteBuffer(v8::Local<v8::ArrayBuffer> buffer) {
  if (buffer->IsSharedArrayBuffer()) return Unsupported("SharedArrayBuffer");
  if (buffer->WasDetached()) return Unsupported("detached ArrayBuffer");
  const size_t length = buffer->ByteLength();
  if (!Charge(cost::kBuffer)) return false;
  const bool listed = IsTransferred(buffer);
  if (!listed && !Moves(buffer)) {
    return IsResizable(buffer) ? WriteResizable(buffer, length) : WriteCopy(buffer->Data(), length);
  }
  const size_t stores = message_.stores.size();
  if (!WriteMoved(buffer, length)) return false;
  if (!listed) given_.push_back({buffer, stores, message_.stores.size() > stores});
  return true;
}

bool Encoder::WriteCopy(const void* data, size_t length) {
  if (length < kStoreThreshold) {
    if (!WriteTagged(Tag::kBuffer, static_cast<uint64_t>(length))) return false;
    if (!out_.Reserve(length)) return TooManyBytes(length);
    out_.PutRaw(data, length);
    return true;
  }
  if (!out_.Charge(length)) return TooManyBytes(length);
  auto store = NewStore(length);
  if (!store) return TooManyBytes(length);
  std::memcpy(store->Data(), data, length);
  return WriteStore(std::move(store));
}

bool Encoder::Moves(v8::Local<v8::ArrayBuffer> buffer) const {
  if (!buffer->IsDetachable()) return false;
  return (options_.move && making_.empty() && !IsResizable(buffer)) || exporter_.Gives(buffer);
}

bool Encoder::WriteMoved(v8::Local<v8::ArrayBuffer> buffer, size_t length) {
  const bool resizable = IsResizable(buffer);
  // Its bytes are less work than its memory; it is detached all the same.
  if (length < kStoreThreshold && !resizable) return WriteCopy(buffer->Data(), length);
  const size_t charge = resizable ? ResizableCost(buffer) : length;
  if (!out_.Charge(charge)) return TooManyBytes(charge);
  return WriteStore(buffer->GetBackingStore());
}

bool Encoder::WriteStore(std::shared_ptr<v8::BackingStore> store) {
  message_.stores.push_back(std::move(store));
  return WriteTagged(Tag::kStore, static_cast<uint64_t>(message_.stores.size() - 1));
}

bool Encoder::WriteResizable(v8::Local<v8::ArrayBuffer> buffer, size_t length) {
  const size_t charge = ResizableCost(buffer);
  if (!out_.Charge(charge)) return TooManyBytes(charge);
  std::shared_ptr<v8::BackingStore> store = v8::ArrayBuffer::NewResizableBackingStore(length, buffer->MaxByteLength());
  if (!store) return TooManyBytes(charge);
  if (length != 0) std::memcpy(store->Data(), buffer->Data(), length);
  return WriteStore(std::move(store));
}

bool Encoder::WriteView(v8::Local<v8::ArrayBufferView> view) {
  const ViewType type = TypeOf(view);
  if (type == ViewType::kFloat16 && !IsFloat16Array(view)) return Unsupported("view of an unknown type");
  const size_t length = view->ByteLength();
  if (!view->HasBuffer() && !options_.move) {
    seen_.Skip();
    return WriteWindow(type, view, length);
  }
  const v8::Local<v8::ArrayBuffer> buffer = view->Buffer();
  if (buffer->IsSharedArrayBuffer()) return Unsupported("SharedArrayBuffer");
  if (buffer->WasDetached()) return Unsupported("view of a detached ArrayBuffer");
  const size_t offset = view->ByteOffset();
  if (offset > buffer->ByteLength() || length > buffer->ByteLength() - offset) {
    return Unsupported("view outside of its ArrayBuffer");
  }
  if (type == ViewType::kUint8 && IsPooled(view, buffer)) {
    seen_.Skip();
    return WriteWindow(type, view, length);
  }
  if (!WriteViewHead(type, offset, length)) return false;
  const uint32_t seen = seen_.FindOrAdd(buffer);
  if (seen != IdentityMap::kNew) return WriteTagged(Tag::kRef, static_cast<uint64_t>(seen));
  return WriteBuffer(buffer);
}

bool Encoder::WriteViewHead(ViewType type, size_t offset, size_t length) {
  return Charge(cost::kView) && WriteTagged(Tag::kView, static_cast<uint64_t>(type)) && WriteVarint(offset) &&
         WriteVarint(length / ElementSize(type));
}

bool Encoder::WriteWindow(ViewType type, v8::Local<v8::ArrayBufferView> view, size_t length) {
  if (!WriteViewHead(type, 0, length) || !Charge(cost::kBuffer)) return false;
  if (length < kStoreThreshold) {
    if (!WriteTagged(Tag::kBuffer, static_cast<uint64_t>(length))) return false;
    if (!out_.Reserve(length)) return TooManyBytes(length);
    CopyAll(view, out_.Skip(length), length);
    return true;
  }
  if (!out_.Charge(length)) return TooManyBytes(length);
  auto store = NewStore(length);
  if (!store) return TooManyBytes(length);
  CopyAll(view, store->Data(), length);
  return WriteStore(std::move(store));
}

bool Encoder::IsPooled(v8::Local<v8::ArrayBufferView> view, v8::Local<v8::ArrayBuffer> buffer) {
  if (view->ByteLength() == buffer->ByteLength() || seen_.Find(buffer) != IdentityMap::kNew) return false;
  if (IsTransferred(buffer) || exporter_.Gives(buffer)) return false;
  if (uint8_array_prototype_.IsEmpty()) {
    uint8_array_prototype_ = PrototypeOf(v8::Uint8Array::New(v8::ArrayBuffer::New(isolate_, 0), 0, 0));
  }
  return PrototypeOf(view) != uint8_array_prototype_;
}

bool Encoder::IsTransferred(v8::Local<v8::ArrayBuffer> buffer) const {
  for (const auto& transferred : options_.transfer) {
    if (transferred == buffer) return true;
  }
  return false;
}

bool Encoder::CheckTransfers() {
  for (const auto& buffer : options_.transfer) {
    if (buffer->IsSharedArrayBuffer()) return Unsupported("transfer of a SharedArrayBuffer");
    if (buffer->WasDetached()) return Unsupported("transfer of a detached ArrayBuffer");
    if (!buffer->IsDetachable()) return Unsupported("transfer of an ArrayBuffer that can't be detached");
  }
  return true;
}

// The code that ran while encoding may have detached some: their memory has another owner now.
bool Encoder::DetachTransfers() {
  if (!CheckTransfers()) return false;
  for (const Given& given : given_) {
    if (given.buffer->WasDetached()) return Unsupported("detached ArrayBuffer");
  }
  for (const auto& buffer : options_.transfer) {
    if (buffer->Detach(v8::Local<v8::Value>()).IsNothing()) return Threw();
  }
  for (const Given& given : given_) {
    if (given.buffer->Detach(v8::Local<v8::Value>()).IsNothing()) return Threw();
    if (!given.stored) continue;
    auto& store = message_.stores[given.store];
    store = exporter_.Release(std::move(store));
  }
  return true;
}

}  // namespace isolet::value
