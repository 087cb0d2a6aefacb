// Memory of buffers without V8: what the wire asks of a v8::BackingStore. A test program that uses it includes this
// once.
#pragma once

#include <cstdlib>
#include <memory>
#include <new>

#include "value/buffer_memory.h"

namespace isolet::test {

// What is behind a pointer to a v8::BackingStore here.
struct StandInStore {
  void* data;
  size_t length;
  size_t max;
  bool resizable;
};

// Gone as V8's are: by its destructor and its operator delete.
inline std::unique_ptr<v8::BackingStore> NewStandIn(size_t length, size_t max, bool resizable) {
  void* store = ::operator new(sizeof(StandInStore));
  new (store) StandInStore{std::calloc(1, length == 0 ? 1 : length), length, max, resizable};
  return std::unique_ptr<v8::BackingStore>(static_cast<v8::BackingStore*>(store));
}

inline const StandInStore& BehindStore(const v8::BackingStore* store) {
  return *reinterpret_cast<const StandInStore*>(store);
}

}  // namespace isolet::test

size_t v8::BackingStore::ByteLength() const { return isolet::test::BehindStore(this).length; }
size_t v8::BackingStore::MaxByteLength() const { return isolet::test::BehindStore(this).max; }
void* v8::BackingStore::Data() const { return isolet::test::BehindStore(this).data; }
bool v8::BackingStore::IsResizableByUserJavaScript() const { return isolet::test::BehindStore(this).resizable; }
v8::BackingStore::~BackingStore() { std::free(isolet::test::BehindStore(this).data); }

std::unique_ptr<v8::BackingStore> v8::ArrayBuffer::NewResizableBackingStore(size_t length, size_t max) {
  return isolet::test::NewStandIn(length, max, true);
}

namespace isolet::value {

std::shared_ptr<v8::BackingStore> NewStore(size_t length) { return test::NewStandIn(length, length, false); }

}  // namespace isolet::value
