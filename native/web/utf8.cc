#include "web/utf8.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "web/utf8_threes.h"

namespace isolet::utf8 {
namespace {

constexpr uint16_t kReplacement = 0xFFFD;

uint8_t* Write(uint32_t point, uint8_t* out) {
  if (point < 0x80) {
    *out++ = static_cast<uint8_t>(point);
  } else if (point < 0x800) {
    *out++ = static_cast<uint8_t>(0xC0 | (point >> 6));
    *out++ = static_cast<uint8_t>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    *out++ = static_cast<uint8_t>(0xE0 | (point >> 12));
    *out++ = static_cast<uint8_t>(0x80 | ((point >> 6) & 0x3F));
    *out++ = static_cast<uint8_t>(0x80 | (point & 0x3F));
  } else {
    *out++ = static_cast<uint8_t>(0xF0 | (point >> 18));
    *out++ = static_cast<uint8_t>(0x80 | ((point >> 12) & 0x3F));
    *out++ = static_cast<uint8_t>(0x80 | ((point >> 6) & 0x3F));
    *out++ = static_cast<uint8_t>(0x80 | (point & 0x3F));
  }
  return out;
}

uint16_t* WritePair(uint32_t point, uint16_t* out) {
  *out++ = static_cast<uint16_t>(0xD7C0 + (point >> 10));
  *out++ = static_cast<uint16_t>(0xDC00 + (point & 0x3FF));
  return out;
}

// The character at `at` and how many units it takes.
uint32_t ReadUtf16(const uint16_t* units, size_t at, size_t count, size_t* taken) {
  const uint16_t unit = units[at];
  *taken = 1;
  if ((unit & 0xF800) != 0xD800) return unit;
  if (!IsHighSurrogate(unit) || at + 1 >= count || !IsLowSurrogate(units[at + 1])) return kReplacement;
  *taken = 2;
  return 0x10000 + ((static_cast<uint32_t>(unit) - 0xD800) << 10) + (units[at + 1] - 0xDC00u);
}

bool FourAscii(const uint16_t* units) {
  uint64_t four;
  std::memcpy(&four, units, sizeof(four));
  return (four & 0xFF80FF80FF80FF80) == 0;
}

uint64_t Load64(const uint8_t* bytes) {
  uint64_t eight;
  std::memcpy(&eight, bytes, sizeof(eight));
  return eight;
}

constexpr uint64_t kHighBits = 0x8080808080808080;

// How many bytes stand before the first that is not ASCII, by the high bits of eight of which one is set.
size_t AsciiBefore(uint64_t high_bits) {
  const int bits =
      std::endian::native == std::endian::little ? std::countr_zero(high_bits) : std::countl_zero(high_bits);
  return static_cast<size_t>(bits) / 8;
}

size_t Size(uint32_t point) { return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4; }

}  // namespace

size_t AsciiPrefix(const uint8_t* bytes, size_t size) {
  size_t at = 0;
  for (; at + 64 <= size; at += 64) {
    uint64_t any = 0;
    for (size_t i = 0; i < 64; i += 8) any |= Load64(bytes + at + i);
    if ((any & kHighBits) != 0) break;
  }
  for (; at + 8 <= size; at += 8) {
    const uint64_t high_bits = Load64(bytes + at) & kHighBits;
    if (high_bits != 0) return at + AsciiBefore(high_bits);
  }
  while (at < size && bytes[at] < 0x80) ++at;
  return at;
}

size_t LengthOfLatin1(const uint8_t* characters, size_t count) {
  size_t length = count;
  for (size_t i = 0; i < count; ++i) length += characters[i] >> 7;
  return length;
}

size_t FromLatin1(const uint8_t* characters, size_t count, uint8_t* out) {
  uint8_t* const start = out;
  for (size_t at = 0; at < count;) {
    const size_t ascii = AsciiPrefix(characters + at, count - at);
    if (ascii > 0) std::memcpy(out, characters + at, ascii);
    out += ascii;
    at += ascii;
    for (; at < count && characters[at] >= 0x80; ++at) out = Write(characters[at], out);
  }
  return static_cast<size_t>(out - start);
}

size_t LengthOfUtf16(const uint16_t* units, size_t count) {
  size_t length = count;
  bool pairs = false;
  // Counted in numbers as wide as the units, which a processor adds up eight at a time.
  constexpr size_t kBlock = 16 * 1024;
  for (size_t at = 0; at < count; at += kBlock) {
    const size_t end = std::min(count, at + kBlock);
    uint16_t more = 0, surrogates = 0;
    for (size_t i = at; i < end; ++i) {
      const uint16_t unit = units[i];
      more = static_cast<uint16_t>(more + ((unit & 0xFF80) != 0) + ((unit & 0xF800) != 0));
      surrogates = static_cast<uint16_t>(surrogates + ((unit & 0xF800) == 0xD800));
    }
    length += more;
    pairs |= surrogates != 0;
  }
  // Half a pair: three bytes alone, four together.
  for (size_t i = 1; pairs && i < count; ++i) {
    if (IsLowSurrogate(units[i]) && IsHighSurrogate(units[i - 1])) length -= 2;
  }
  return length;
}

size_t FromUtf16(const uint16_t* units, size_t count, uint8_t* out) {
  uint8_t* const start = out;
  for (size_t at = 0; at < count;) {
    const uint16_t unit = units[at];
    if (unit < 0x80) {
      for (; at + 4 <= count && FourAscii(units + at); at += 4, out += 4) {
        for (size_t i = 0; i < 4; ++i) out[i] = static_cast<uint8_t>(units[at + i]);
      }
      for (; at < count && units[at] < 0x80; ++at) *out++ = static_cast<uint8_t>(units[at]);
      continue;
    }
    const size_t many = unit < 0x800 || (unit & 0xF800) == 0xD800 ? 0 : EncodeThrees(units + at, count - at, out);
    at += many;
    out += many * 3;
    if (many > 0) continue;
    size_t taken = 0;
    out = Write(ReadUtf16(units, at, count, &taken), out);
    at += taken;
  }
  return static_cast<size_t>(out - start);
}

Fitted FitUtf16(const uint16_t* units, size_t count, uint8_t* out, size_t size) {
  Fitted fitted{0, 0};
  while (fitted.read < count) {
    size_t taken;
    const uint32_t point = ReadUtf16(units, fitted.read, count, &taken);
    if (Size(point) > size - fitted.written) break;
    Write(point, out + fitted.written);
    fitted.written += Size(point);
    fitted.read += taken;
  }
  return fitted;
}

uint16_t* Decoder::Fail(uint16_t* out) {
  failed_ = true;
  state_ = State();
  widest_ = kReplacement;
  *out++ = kReplacement;
  return out;
}

// The rest of a character that has begun. A byte that does not go on with it is not taken.
uint16_t* Decoder::Continue(const uint8_t** at, const uint8_t* end, uint16_t* out) {
  while (state_.needed > 0 && *at < end) {
    const uint8_t byte = **at;
    if (byte < state_.lower || byte > state_.upper) return Fail(out);
    ++*at;
    state_.lower = 0x80;
    state_.upper = 0xBF;
    state_.point = (state_.point << 6) | (byte & 0x3F);
    --state_.needed;
  }
  if (state_.needed > 0) return out;
  if (state_.point >= 0x10000) {
    out = WritePair(state_.point, out);
    widest_ = kReplacement;
  } else {
    *out++ = static_cast<uint16_t>(state_.point);
    widest_ |= static_cast<uint16_t>(state_.point);
  }
  state_.point = 0;
  return out;
}

namespace {

constexpr bool IsContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

// Characters that are there whole and well-formed: nearly all of most texts. It leaves the last few bytes.
const uint8_t* Decoder::TakeWhole(const uint8_t* at, const uint8_t* end, uint16_t** written) {
  uint16_t* out = *written;
  uint32_t widest = 0;
  while (end - at >= 4) {
    // There is room for as many units as there are bytes, whether they stay or not.
    if (at[0] < 0x80) {
      if (end - at < 8) {
        *out++ = *at++;
        continue;
      }
      const uint64_t high_bits = Load64(at) & kHighBits;
      for (size_t i = 0; i < 8; ++i) out[i] = at[i];
      const size_t ascii = high_bits == 0 ? 8 : AsciiBefore(high_bits);
      at += ascii;
      out += ascii;
      for (; high_bits == 0 && end - at >= 16; at += 16, out += 16) {
        if (((Load64(at) | Load64(at + 8)) & kHighBits) != 0) break;
        for (size_t i = 0; i < 16; ++i) out[i] = at[i];
      }
    } else if (at[0] < 0xE0) {
      if (at[0] < 0xC2) break;
      do {
        if (!IsContinuation(at[1])) goto stop;
        const uint32_t point = (at[0] & 0x1Fu) << 6 | (at[1] & 0x3Fu);
        widest |= point;
        *out++ = static_cast<uint16_t>(point);
        at += 2;
      } while (end - at >= 4 && at[0] >= 0xC2 && at[0] < 0xE0);
    } else if (at[0] < 0xF0) {
      const size_t many = DecodeThrees(at, static_cast<size_t>(end - at), out);
      at += many * 3;
      out += many;
      if (many > 0) {
        widest = kReplacement;
        continue;
      }
      const uint32_t point = (at[0] & 0x0Fu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu);
      if (!IsContinuation(at[1]) || !IsContinuation(at[2]) || point < 0x800 || (point & 0xF800) == 0xD800) break;
      widest |= point;
      *out++ = static_cast<uint16_t>(point);
      at += 3;
    } else {
      const uint32_t point = (at[0] & 0x07u) << 18 | (at[1] & 0x3Fu) << 12 | (at[2] & 0x3Fu) << 6 | (at[3] & 0x3Fu);
      if (at[0] > 0xF4 || !IsContinuation(at[1]) || !IsContinuation(at[2]) || !IsContinuation(at[3])) break;
      if (point < 0x10000 || point > 0x10FFFF) break;
      out = WritePair(point, out);
      widest = kReplacement;
      at += 4;
    }
  }
stop:
  widest_ |= static_cast<uint16_t>(widest);
  *written = out;
  return at;
}

size_t Decoder::Decode(const uint8_t* bytes, size_t size, uint16_t* out) {
  uint16_t* const start = out;
  const uint8_t* at = bytes;
  const uint8_t* const end = bytes + size;
  if (state_.needed > 0) out = Continue(&at, end, out);
  while (at < end) {
    at = TakeWhole(at, end, &out);
    if (at == end) break;
    const uint8_t byte = *at;
    ++at;
    if (byte < 0x80) {
      *out++ = byte;
      continue;
    }
    if (byte >= 0xC2 && byte <= 0xDF) {
      state_.needed = 1;
      state_.point = byte & 0x1F;
    } else if ((byte & 0xF0) == 0xE0) {
      if (byte == 0xE0) state_.lower = 0xA0;
      if (byte == 0xED) state_.upper = 0x9F;
      state_.needed = 2;
      state_.point = byte & 0x0F;
    } else if (byte >= 0xF0 && byte <= 0xF4) {
      if (byte == 0xF0) state_.lower = 0x90;
      if (byte == 0xF4) state_.upper = 0x8F;
      state_.needed = 3;
      state_.point = byte & 0x07;
    } else {
      out = Fail(out);
      continue;
    }
    out = Continue(&at, end, out);
  }
  return static_cast<size_t>(out - start);
}

size_t Decoder::Finish(uint16_t* out) {
  if (state_.needed == 0) return 0;
  Fail(out);
  return 1;
}

}  // namespace isolet::utf8
