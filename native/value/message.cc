#include "value/message.h"

#include "value/codec.h"
#include "value/wire.h"

namespace isolet::value {

size_t Message::ByteSize() const {
  size_t size = bytes.size() + handles.size() * sizeof(Handle);
  for (const auto& store : stores) {
    if (store) size += store->ByteLength();
  }
  return size;
}

Message Undefined() {
  Message message;
  message.bytes.Append(static_cast<uint8_t>(Tag::kUndefined));
  return message;
}

}  // namespace isolet::value
