#include "web/utf8_threes.h"

#include "web/vectors.h"

namespace isolet::utf8 {

#ifdef ISOLET_VECTORS
namespace {

using namespace vectors;

ISOLET_SHUFFLES size_t DecodeFours(const uint8_t* bytes, size_t size, uint16_t* out) {
  size_t count = 0;
  // Sixteen are read, twelve are taken.
  for (; count * 3 + 16 <= size; count += 4) {
    Bytes read;
    std::memcpy(&read, bytes + count * 3, sizeof(read));
    // The last byte of a character lowest, a byte of the next one on top.
    const Words four = (Words)__builtin_shufflevector(read, read, 2, 1, 0, 3, 5, 4, 3, 6, 8, 7, 6, 9, 11, 10, 9, 12);
    const Words points = (four & 0x3F) | (four >> 2 & 0xFC0) | (four >> 4 & 0xF000);
    // Neither what fits into two bytes nor a surrogate.
    const Words top = points & 0xF800;
    if (Any((Bytes)((four & 0xF0C0C0) != 0xE08080) | (Bytes)(top == 0) | (Bytes)(top == 0xD800))) break;
    const Halves units = __builtin_shufflevector((Halves)points, (Halves)points, 0, 2, 4, 6, 0, 2, 4, 6);
    std::memcpy(out + count, &units, 8);
  }
  return count;
}

ISOLET_SHUFFLES size_t EncodeFours(const uint16_t* units, size_t count, uint8_t* out) {
  size_t done = 0;
  for (; done + 4 <= count; done += 4) {
    Halves read{};
    std::memcpy(&read, units + done, 8);
    const Words points = (Words)__builtin_shufflevector(read, Halves{}, 0, 8, 1, 9, 2, 10, 3, 11);
    const Words top = points & 0xF800;
    if (Any((Bytes)(top == 0) | (Bytes)(top == 0xD800))) break;
    const Words four = (points >> 12) | (points << 2 & 0x3F00) | (points << 16 & 0x3F0000) | 0x8080E0;
    const Bytes bytes = (Bytes)four;
    const Bytes packed = __builtin_shufflevector(bytes, bytes, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0);
    std::memcpy(out + done * 3, &packed, 12);
  }
  return done;
}

}  // namespace

size_t DecodeThrees(const uint8_t* bytes, size_t size, uint16_t* out) {
  return HasShuffles() ? DecodeFours(bytes, size, out) : 0;
}

size_t EncodeThrees(const uint16_t* units, size_t count, uint8_t* out) {
  return HasShuffles() ? EncodeFours(units, count, out) : 0;
}
#else
size_t DecodeThrees(const uint8_t*, size_t, uint16_t*) { return 0; }

size_t EncodeThrees(const uint16_t*, size_t, uint8_t*) { return 0; }
#endif

}  // namespace isolet::utf8
