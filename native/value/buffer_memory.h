// Memory for buffers on their way. It belongs to no isolate and no allocator of one: the isolate it came from may be
// gone before it is freed.
#pragma once

#include <memory>

#include "v8/v8.h"

namespace isolet::value {

// Uninitialized. Null when there is no memory.
std::shared_ptr<v8::BackingStore> NewStore(size_t length);

// Before memory of `length` bytes becomes a buffer of this isolate's.
void MakeRoomFor(v8::Isolate* isolate, size_t length);

}  // namespace isolet::value
