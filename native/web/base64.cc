#include "web/base64.h"

#include <array>

#include "web/vectors.h"

namespace isolet::base64 {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<uint8_t, 256> MakeValues() {
  std::array<uint8_t, 256> values{};
  values.fill(kOther);
  for (uint8_t i = 0; i < 64; ++i) values[static_cast<uint8_t>(kAlphabet[i])] = i;
  for (char space : {' ', '\t', '\n', '\f', '\r'}) values[static_cast<uint8_t>(space)] = kSpace;
  return values;
}
constexpr std::array<uint8_t, 256> kValues = MakeValues();

// In eights as far as they go: groups that are done.
#ifdef ISOLET_VECTORS
using namespace vectors;

ISOLET_WIDE size_t DecodeEights(const uint8_t* characters, size_t groups, uint8_t* out) {
  size_t done = 0;
  for (; done + 8 <= groups; done += 8) {
    WideSignedBytes c;
    std::memcpy(&c, characters + done * 4, sizeof(c));
    const WideSignedBytes upper = (c > '@') & (c < '[');
    const WideSignedBytes lower = (c > '`') & (c < '{');
    const WideSignedBytes digit = (c > '/') & (c < ':');
    const WideSignedBytes plus = c == '+';
    const WideSignedBytes slash = c == '/';
    const WideBytes wrong = ~(WideBytes)(upper | lower | digit | plus | slash);
    if (Any(__builtin_shufflevector(wrong, wrong, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) |
            __builtin_shufflevector(wrong, wrong, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31))) {
      break;
    }
    // What is to be added to a character to make it its value.
    const WideSignedBytes values = c + ((upper & -65) | (lower & -71) | (digit & 4) | (plus & 19) | (slash & 16));
    const WideWords four = (WideWords)values;
    const WideBytes bits =
        (WideBytes)((four << 18 & 0xFC0000) | (four << 4 & 0x3F000) | (four >> 10 & 0xFC0) | four >> 24);
    const WideBytes packed = __builtin_shufflevector(bits, bits, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0, 0, 0, 0,  //
                                                     18, 17, 16, 22, 21, 20, 26, 25, 24, 30, 29, 28, 16, 16, 16, 16);
    const auto* both = reinterpret_cast<const uint8_t*>(&packed);
    std::memcpy(out + done * 3, both, 12);
    std::memcpy(out + done * 3 + 12, both + 16, 12);
  }
  return done;
}

ISOLET_WIDE size_t EncodeEights(const uint8_t* bytes, size_t groups, uint8_t* out) {
  size_t done = 0;
  // Twice sixteen bytes are read, twelve are taken.
  for (; done + 10 <= groups; done += 8) {
    Bytes first, second;
    std::memcpy(&first, bytes + done * 3, sizeof(first));
    std::memcpy(&second, bytes + done * 3 + 12, sizeof(second));
    const WideWords bits =
        (WideWords)__builtin_shufflevector(first, second, 2, 1, 0, 0, 5, 4, 3, 3, 8, 7, 6, 6, 11, 10, 9, 9,  //
                                           18, 17, 16, 16, 21, 20, 19, 19, 24, 23, 22, 22, 27, 26, 25, 25);
    const WideSignedBytes values = (WideSignedBytes)((bits >> 18 & 0x3F) | (bits >> 4 & 0x3F00) |
                                                     (bits << 10 & 0x3F0000) | (bits << 24 & 0x3F000000));
    // From one range of the alphabet to the next.
    const WideSignedBytes characters =
        values + 'A' + ((values > 25) & 6) - ((values > 51) & 75) - ((values > 61) & 15) + ((values > 62) & 3);
    std::memcpy(out + done * 4, &characters, sizeof(characters));
  }
  return done;
}
#else
bool HasWide() { return false; }
size_t DecodeEights(const uint8_t*, size_t, uint8_t*) { return 0; }
size_t EncodeEights(const uint8_t*, size_t, uint8_t*) { return 0; }
#endif

}  // namespace

uint8_t ValueOf(uint8_t character) { return kValues[character]; }

size_t DecodeGroups(const uint8_t* characters, size_t groups, uint8_t* out) {
  size_t done = HasWide() ? DecodeEights(characters, groups, out) : 0;
  for (; done < groups; ++done) {
    const uint8_t* const from = characters + done * 4;
    const uint8_t a = kValues[from[0]], b = kValues[from[1]], c = kValues[from[2]], d = kValues[from[3]];
    if (((a | b | c | d) & (kSpace | kOther)) != 0) break;
    uint8_t* const to = out + done * 3;
    to[0] = static_cast<uint8_t>(a << 2 | b >> 4);
    to[1] = static_cast<uint8_t>(b << 4 | c >> 2);
    to[2] = static_cast<uint8_t>(c << 6 | d);
  }
  return done;
}

void EncodeGroups(const uint8_t* bytes, size_t groups, uint8_t* out) {
  for (size_t done = HasWide() ? EncodeEights(bytes, groups, out) : 0; done < groups; ++done) {
    const uint8_t* const from = bytes + done * 3;
    uint8_t* const to = out + done * 4;
    to[0] = static_cast<uint8_t>(kAlphabet[from[0] >> 2]);
    to[1] = static_cast<uint8_t>(kAlphabet[(from[0] << 4 | from[1] >> 4) & 0x3F]);
    to[2] = static_cast<uint8_t>(kAlphabet[(from[1] << 2 | from[2] >> 6) & 0x3F]);
    to[3] = static_cast<uint8_t>(kAlphabet[from[2] & 0x3F]);
  }
}

void EncodeRest(const uint8_t* bytes, size_t size, uint8_t* out) {
  const uint32_t second = size > 1 ? bytes[1] : 0;
  out[0] = static_cast<uint8_t>(kAlphabet[bytes[0] >> 2]);
  out[1] = static_cast<uint8_t>(kAlphabet[(bytes[0] << 4 | second >> 4) & 0x3F]);
  out[2] = size > 1 ? static_cast<uint8_t>(kAlphabet[second << 2 & 0x3F]) : '=';
  out[3] = '=';
}

}  // namespace isolet::base64
