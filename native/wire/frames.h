// Frames: what goes over the socket between a host and a cell, one message
// each. A length of four bytes (the host's order: it is one machine), then what
// the message is about.
//
// Every frame names the guest it is for or from, by a number that its host gave
// it: 0 is the cell itself. A reader asks for the head first, because what a
// value may cost is its guest's limit and a guest that is not there has none.
// The rest is read only with it.
//
// A frame that can't be read to its end, or has something after it, is no
// frame: whoever sent it is not believed in anything any more. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "value/bytes.h"
#include "wire/from_cell.h"
#include "wire/to_cell.h"

namespace isolet::wire {

inline constexpr size_t kLengthSize = 4;

// Beyond what its value may cost: texts, names and numbers.
inline constexpr size_t kMostBesideValue = size_t{8} << 20;
// A frame to a cell may carry code, a snapshot, a program of ours.
inline constexpr size_t kMostToCell = size_t{2} << 30;
inline constexpr size_t kMostHostCallsAtOnce = 16'384;
inline constexpr size_t kMostPromises = 64 * 1024;  // that fail with one frame

using Frame = value::Bytes;  // with its length in front

Frame Write(uint64_t guest, Acknowledged& acknowledged, ToCell& message);
Frame Write(uint64_t guest, FromCell& message);

// The guest that a frame (without its length) is about; `rest` is what comes
// after.
std::optional<uint64_t> ReadHead(std::span<const uint8_t> frame, std::span<const uint8_t>* rest);

// False: it is none. `max_bytes`: what one value of that guest may cost.
bool Read(std::span<const uint8_t> rest, size_t max_bytes, Acknowledged* acknowledged, ToCell* message);
bool Read(std::span<const uint8_t> rest, size_t max_bytes, FromCell* message);

}  // namespace isolet::wire
