// The encoded form. One value is a tag byte and what the tag asks for; numbers without a size are LEB128 varints.
//
//   0x80|n          the integer n, 0 … 127
//   kInt            zigzag varint, any other int32
//   kDouble         8 bytes, the host's byte order (a message never leaves the process)
//   kBigInt         2·words+sign, then 8 bytes per word
//   kString1        length, Latin-1 bytes
//   kString2        length, a zero byte if needed to make the position even, UTF-16 units
//   kBoxed          a primitive: the object around it
//   kWellKnown      index into WellKnownSymbols
//   kRegistered     the key as a string value
//   kRef            number of an object seen before
//   kObject         properties (kNullObject: without a prototype)
//   kArray          length, that many values or kHole
//   kSparseArray    length, values, kHole or kHoles+count that sum up to the length
//   kMap, kSet      count, then key and value, or member, as values
//   kDate           8 bytes
//   kRegExp         flags, source as a string value
//   kError          ErrorType, ErrorParts, name, message and stack as string values if it has them, any number of
//                   ErrorExtra and value, kNoExtra, then properties
//   kBuffer         length, bytes
//   kStore          index into Message::stores
//   kView           ViewType, byte offset, length in elements, then the buffer: kBuffer, kStore or kRef
//   kHandle         index into Message::handles
//   kMade           MadeKind, number of parts, that many values (made.h)
//   kList           count, values; only as the first tag
//
// Properties: a varint per key, then the value. 0 ends, 1 is a new key in Latin-1 and 2 in UTF-16 (like the strings),
// 3+n the n-th key of the message again.
//
// Objects are numbered in the order their tag is written: kBoxed, kObject … kView, kHandle and kMade, and the buffer of
// a view after the view. Each counts as one even where nothing refers to it. Nothing inside a kMade refers to it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isolet::value {

enum class Tag : uint8_t {
  kUndefined = 1,
  kNull,
  kTrue,
  kFalse,
  kInt,
  kDouble,
  kBigInt,
  kString1,
  kString2,
  kBoxed,
  kWellKnown,
  kRegistered,
  kRef,
  kObject,
  kNullObject,
  kArray,
  kSparseArray,
  kHole,
  kHoles,
  kMap,
  kSet,
  kDate,
  kRegExp,
  kError,
  kBuffer,
  kStore,
  kView,
  kHandle,
  kList,
  kMade,
};

inline constexpr uint8_t kSmallInt = 0x80;

enum KeyCode : uint32_t { kKeysEnd = 0, kNewKey1 = 1, kNewKey2 = 2, kFirstKnownKey = 3 };

enum class ErrorType : uint8_t {
  kError,
  kEvalError,
  kRangeError,
  kReferenceError,
  kSyntaxError,
  kTypeError,
  kUriError,
  kAggregateError,
};
inline constexpr uint8_t kErrorTypes = 8;

enum ErrorParts : uint32_t {
  kHasName = 1,  // other than the one of its type
  kHasMessage = 2,
  kHasStack = 4,
  kNameEnumerable = 8,
  kMessageEnumerable = 16,
  kAllErrorParts = 31,
};

// What else it may have beside properties that anybody sees. Name and message only if they are no strings.
enum ErrorExtra : uint32_t { kNoExtra, kCause, kErrors, kCode, kOddName, kOddMessage };
inline constexpr const char* kErrorExtras[] = {nullptr, "cause", "errors", "code", "name", "message"};

enum class ViewType : uint8_t {
  kDataView,
  kUint8,
  kUint8Clamped,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat16,
  kFloat32,
  kFloat64,
  kBigInt64,
  kBigUint64,
};
inline constexpr uint8_t kViewTypes = 13;

inline constexpr size_t ElementSize(ViewType type) {
  constexpr uint8_t kSizes[kViewTypes] = {1, 1, 1, 1, 2, 2, 4, 4, 2, 4, 8, 8, 8};
  return kSizes[static_cast<uint8_t>(type)];
}

// Buffers from this size on travel beside the bytes.
inline constexpr size_t kStoreThreshold = 1024;

inline constexpr size_t kMaxVarint = 10;
inline constexpr size_t VarintSize(uint64_t value) {
  size_t size = 1;
  while (value >>= 7) size++;
  return size;
}

inline constexpr uint32_t ZigZag(int32_t value) {
  return (static_cast<uint32_t>(value) << 1) ^ static_cast<uint32_t>(value >> 31);
}
inline constexpr int32_t UnZigZag(uint32_t value) { return static_cast<int32_t>((value >> 1) ^ (0u - (value & 1))); }

}  // namespace isolet::value
