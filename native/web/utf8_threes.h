// Characters of three bytes in UTF-8, several at once: what most text in Chinese, Japanese, Korean or Hindi is made of.
//
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isolet::utf8 {

// As many whole, well-formed ones as follow each other from the start on, in fours; perhaps none. Writes a unit for
// each and returns how many.
size_t DecodeThrees(const uint8_t* bytes, size_t size, uint16_t* out);
// The way back, likewise in fours.
size_t EncodeThrees(const uint16_t* units, size_t count, uint8_t* out);

}  // namespace isolet::utf8
