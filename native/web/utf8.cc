#include "web/utf8.h"

#include <cstring>

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

bool EightAscii(const uint8_t* bytes) {
  uint64_t eight;
  std::memcpy(&eight, bytes, sizeof(eight));
  return (eight & 0x8080808080808080) == 0;
}

size_t Size(uint32_t point) { return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4; }

}  // namespace

size_t AsciiPrefix(const uint8_t* bytes, size_t size) {
  size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    uint64_t four[4];
    std::memcpy(four, bytes + at, sizeof(four));
    if (((four[0] | four[1] | four[2] | four[3]) & 0x8080808080808080) != 0) break;
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
  size_t length = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint16_t unit = units[i];
    length += 1 + (unit >= 0x80) + (unit >= 0x800);
    // Half a pair: three bytes alone, four together.
    if (IsLowSurrogate(unit) && i > 0 && IsHighSurrogate(units[i - 1])) length -= 2;
  }
  return length;
}

size_t FromUtf16(const uint16_t* units, size_t count, uint8_t* out) {
  uint8_t* const start = out;
  for (size_t at = 0, taken = 0; at < count; at += taken) {
    for (; at + 4 <= count && FourAscii(units + at); at += 4) {
      for (size_t i = 0; i < 4; ++i) *out++ = static_cast<uint8_t>(units[at + i]);
    }
    if (at == count) break;
    out = Write(ReadUtf16(units, at, count, &taken), out);
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
    *out++ = static_cast<uint16_t>(0xD7C0 + (state_.point >> 10));
    *out++ = static_cast<uint16_t>(0xDC00 + (state_.point & 0x3FF));
    widest_ = kReplacement;
  } else {
    *out++ = static_cast<uint16_t>(state_.point);
    widest_ |= static_cast<uint16_t>(state_.point);
  }
  state_.point = 0;
  return out;
}

// Characters that are there whole and well-formed, of at most three bytes: nearly all of most texts.
const uint8_t* Decoder::TakeWhole(const uint8_t* at, const uint8_t* end, uint16_t** written) {
  uint16_t* out = *written;
  uint32_t widest = 0;
  while (at < end) {
    if (end - at >= 8 && EightAscii(at)) {
      for (size_t i = 0; i < 8; ++i) out[i] = at[i];
      at += 8;
      out += 8;
      continue;
    }
    uint32_t point = at[0];
    size_t size = 1;
    if (point >= 0x80) {
      if (end - at < 3 || (at[1] & 0xC0) != 0x80) break;
      if (point >= 0xC2 && point <= 0xDF) {
        point = (point & 0x1F) << 6 | (at[1] & 0x3F);
        size = 2;
      } else if ((point & 0xF0) == 0xE0 && (at[2] & 0xC0) == 0x80) {
        point = (point & 0x0F) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3F);
        if (point < 0x800 || (point & 0xF800) == 0xD800) break;
        size = 3;
      } else {
        break;
      }
    }
    widest |= point;
    *out++ = static_cast<uint16_t>(point);
    at += size;
  }
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
