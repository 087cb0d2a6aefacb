// What a message costs: its bytes, and beyond them what whoever receives it has to allocate. Writer and reader add up
// the same numbers and hold them against one budget per message (`maxTransferBytes`): the writer pays for the reader,
// and the reader believes no writer.
//
// Measured as heapUsed + external after a garbage collection, per value, of messages of 2,000 to 100,000 of a kind, on
// Node 20 and 24, which agree within a few bytes; what V8 grows by doubling is counted as it grows. Buffers, errors and
// handles also stand for what is outside of V8's heap. test/values/cost.test.ts holds each kind to it.
//
// The first kAllowance bytes of what comes beyond a message's own bytes are free: under a small limit it is texts and
// bytes that count, not that they are held together by an object or that a function is with them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isolet::value::cost {

inline constexpr size_t kAllowance = 16 * 1024;

inline constexpr size_t kSlot = 8;  // an element, an argument; properties: PropertyCost
inline constexpr size_t kObject = 56;
inline constexpr size_t kNullObject = 256;
inline constexpr size_t kArray = 48;
inline constexpr size_t kCollection = 72;  // Map or Set, without its table
inline constexpr size_t kMapEntry = 28;
inline constexpr size_t kSetEntry = 20;
inline constexpr size_t kDate = 96;
inline constexpr size_t kBoxed = 32;
inline constexpr size_t kDouble = 8;    // 16, of which 9 are in the message
inline constexpr size_t kBigInt = 16;   // beyond its words
inline constexpr size_t kString = 24;   // beyond its characters
inline constexpr size_t kKey = 40;      // likewise, and its place among V8's unique strings
inline constexpr size_t kSymbol = 128;  // beyond the characters of its key; V8 keeps it for ever
inline constexpr size_t kRegExp = 128;
inline constexpr size_t kRegExpCharacter = 32;  // see regexp_cost.h
inline constexpr size_t kBuffer = 320;          // beyond its bytes
inline constexpr size_t kView = 112;
// With the stack that V8 takes down for each: ten frames.
inline constexpr size_t kError = 1280;
// A function, promise or stream: its stand-in, what finds it again, what tells the other side of its end.
inline constexpr size_t kHandle = 1024;

// A resizable ArrayBuffer reserves its maximum length in whole pages and costs a memory mapping, of which a process has
// few (65,530 by default): it is charged at least this much.
inline constexpr size_t kResizable = 64 * 1024;

// Strings that V8 has ready.
inline constexpr bool IsFree(bool one_byte, size_t length) { return length <= (one_byte ? 1u : 0u); }

// Tables that double: of `count` entries there is room for at least this many.
inline constexpr size_t Room(size_t count) {
  size_t room = 4;
  while (room < count) room *= 2;
  return room;
}

inline constexpr size_t Map(size_t count) { return kCollection + kMapEntry * Room(count); }
inline constexpr size_t Set(size_t count) { return kCollection + kSetEntry * Room(count); }

// V8's dictionaries are at most two thirds full.
inline constexpr size_t kDictionary = 152;
inline constexpr size_t kDictionaryEntry = 24;
inline constexpr size_t Dictionary(size_t count) {
  return kDictionary + kDictionaryEntry * (Room(count + count / 2) - Room(0));
}

// An array of `length` is made sparse where V8 would not turn it back into a dense one: a dictionary of `present`
// elements has to save that much. Holes cost what a dense array has for them; those of a sparse one a sixteenth of a
// byte, which bounds what code that walks to `length` is in for.
inline constexpr bool IsSparse(size_t length, size_t present) { return length > 18 * present + 1024; }
inline constexpr size_t HolesPerByte = 16;
inline constexpr size_t Holes(size_t length, size_t present) {
  if (length == present) return 0;
  if (!IsSparse(length, present)) return (length - present) * kSlot;
  return Dictionary(present + 1) + (length - present) / HolesPerByte;
}

}  // namespace isolet::value::cost
