// Base64 without V8: the parts of a text that are nothing but whole groups of four digits for three bytes.
//
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isolet::base64 {

// What stands for a digit's value: a space of ASCII, or neither.
inline constexpr uint8_t kSpace = 0x40;
inline constexpr uint8_t kOther = 0x80;
uint8_t ValueOf(uint8_t character);

// As many whole groups of digits as follow each other from the start on. Answers how many; `out` may be `characters`.
size_t DecodeGroups(const uint8_t* characters, size_t groups, uint8_t* out);
// Three bytes each.
void EncodeGroups(const uint8_t* bytes, size_t groups, uint8_t* out);
// The last one or two bytes, padded to four characters.
void EncodeRest(const uint8_t* bytes, size_t size, uint8_t* out);

}  // namespace isolet::base64
