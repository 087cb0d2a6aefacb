#include "wire/frames.h"

#include <cstring>
#include <utility>

#include "wire/frame_fields.h"

namespace isolet::wire {
namespace {

Frame Finished(FieldWriter* f) {
  Frame frame = f->Finish();
  const auto length = static_cast<uint32_t>(frame.size() - kLengthSize);
  std::memcpy(frame.data(), &length, kLengthSize);
  return frame;
}

template <typename Message>
bool ReadToEnd(FieldReader* f, Message* message) {
  return OneOf(*f, *message) && f->at_end();
}

}  // namespace

Frame Write(uint64_t guest, Acknowledged& acknowledged, ToCell& message) {
  FieldWriter f(kLengthSize);
  f.Number(guest);
  Fields(f, acknowledged);
  OneOf(f, message);
  return Finished(&f);
}

Frame Write(uint64_t guest, FromCell& message) {
  FieldWriter f(kLengthSize);
  f.Number(guest);
  OneOf(f, message);
  return Finished(&f);
}

std::optional<uint64_t> ReadHead(std::span<const uint8_t> frame, std::span<const uint8_t>* rest) {
  FieldReader f(frame.data(), frame.size(), 0);
  uint64_t guest;
  if (!Id(f, guest)) return std::nullopt;
  *rest = frame.last(f.left());
  return guest;
}

bool Read(std::span<const uint8_t> rest, size_t max_bytes, Acknowledged* acknowledged, ToCell* message) {
  FieldReader f(rest.data(), rest.size(), max_bytes);
  return Fields(f, *acknowledged) && ReadToEnd(&f, message);
}

bool Read(std::span<const uint8_t> rest, size_t max_bytes, FromCell* message) {
  FieldReader f(rest.data(), rest.size(), max_bytes);
  return ReadToEnd(&f, message);
}

}  // namespace isolet::wire
