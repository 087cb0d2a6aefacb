// Vectors of sixteen bytes as GCC and Clang have them, where the processor is known to have what they need.
//
// A shuffle of bytes is one instruction of every ARM64, and of every x86-64 of the last fifteen years, which has to be
// asked for: functions that use vectors are ISOLET_SHUFFLES, and are called only where HasShuffles.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__aarch64__)) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ISOLET_VECTORS

#ifdef __x86_64__
#define ISOLET_SHUFFLES __attribute__((target("sse4.1")))
#define ISOLET_WIDE __attribute__((target("avx2")))
#else
#define ISOLET_SHUFFLES
#define ISOLET_WIDE
#endif

namespace isolet::vectors {

using Bytes = uint8_t __attribute__((vector_size(16)));
using SignedBytes = int8_t __attribute__((vector_size(16)));
using Words = uint32_t __attribute__((vector_size(16)));
using Halves = uint16_t __attribute__((vector_size(16)));

// Two of sixteen bytes each, which go the same way. For functions that are ISOLET_WIDE.
using WideBytes = uint8_t __attribute__((vector_size(32)));
using WideSignedBytes = int8_t __attribute__((vector_size(32)));
using WideWords = uint32_t __attribute__((vector_size(32)));

inline bool HasShuffles() {
#ifdef __x86_64__
  static const bool has = __builtin_cpu_supports("sse4.1");
  return has;
#else
  return true;
#endif
}

inline bool HasWide() {
#ifdef __x86_64__
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
#else
  return true;
#endif
}

// Whether a bit is set.
inline bool Any(const Bytes& bits) {
  uint64_t halves[2];
  std::memcpy(halves, &bits, sizeof(halves));
  return (halves[0] | halves[1]) != 0;
}

}  // namespace isolet::vectors
#endif
