// Writes the encoded form under a limit of what the message may cost. Short messages are built in place and cost one
// allocation of the exact size at the end.
#pragma once

#include <cstring>

#include "value/bytes.h"
#include "value/cost.h"
#include "value/wire.h"

namespace isolet::value {

class Writer {
 public:
  explicit Writer(size_t limit) : limit_(limit), end_(inline_ + (limit < kInline ? limit : kInline)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // True if `count` more bytes are within the limit and there is room for them. Each Put needs room reserved before.
  bool Reserve(size_t count) {
    if (count <= static_cast<size_t>(end_ - at_)) [[likely]]
      return true;
    return Grow(count);
  }

  void Put(Tag tag) { *at_++ = static_cast<uint8_t>(tag); }
  void PutByte(uint8_t byte) { *at_++ = byte; }
  void PutVarint(uint64_t value) {
    while (value >= 0x80) {
      *at_++ = static_cast<uint8_t>(value) | 0x80;
      value >>= 7;
    }
    *at_++ = static_cast<uint8_t>(value);
  }
  void PutRaw(const void* data, size_t count) {
    if (count != 0) std::memcpy(at_, data, count);
    at_ += count;
  }
  // Room to be filled by the caller.
  uint8_t* Skip(size_t count) {
    uint8_t* at = at_;
    at_ += count;
    return at;
  }
  void AlignToTwo() {
    if (Position() & 1) *at_++ = 0;
  }

  size_t Position() const { return static_cast<size_t>(at_ - start_); }
  void Patch(size_t position, Tag tag) { start_[position] = static_cast<uint8_t>(tag); }

  // What the reader needs beyond the bytes (cost.h). False if over the limit. Before room is reserved, not after.
  bool ChargeReader(size_t count) {
    if (count <= free_) {
      free_ -= count;
      return true;
    }
    count -= free_;
    free_ = 0;
    return Charge(count);
  }
  // Bytes that count but are not written here (buffers). Likewise.
  bool Charge(size_t count) {
    if (count > Left()) return false;
    charged_ += count;
    const size_t room = limit_ - charged_;
    if (static_cast<size_t>(end_ - start_) > room) end_ = start_ + room;
    return true;
  }

  // Gives back what Charge took.
  void Refund(size_t count) { charged_ -= count; }

  // To come back to what was written so far.
  struct Mark {
    size_t position;
    size_t charged;
    size_t free;
  };
  Mark Here() const { return {Position(), charged_, free_}; }
  void GoBack(const Mark& mark) {
    at_ = start_ + mark.position;
    charged_ = mark.charged;
    free_ = mark.free;
    const size_t size = start_ == inline_ ? kInline : spill_.size();
    const size_t room = limit_ - charged_;
    end_ = start_ + (size < room ? size : room);
  }

  size_t Left() const { return limit_ - charged_ - Position(); }
  size_t Used() const { return charged_ + Position(); }
  size_t limit() const { return limit_; }

  Bytes Finish() {
    if (start_ == inline_) return Bytes(start_, Position());
    const size_t unused = spill_.size() - Position();
    spill_.Resize(Position());
    // It may wait long, and only what is used of it is counted.
    if (unused > kInline && unused > Position() / 4) spill_.ShrinkToFit();
    return std::move(spill_);
  }

 private:
  static constexpr size_t kInline = 512;

  bool Grow(size_t count) {
    if (count > Left()) return false;
    const size_t used = Position();
    // And what is left of a message after a long text: few bytes, which must not make it move.
    size_t capacity = used + count + kInline;
    if (capacity < 2 * used) capacity = 2 * used;
    if (capacity < 4 * kInline) capacity = 4 * kInline;
    if (capacity > used + Left()) capacity = used + Left();
    if (start_ == inline_) {
      spill_.Resize(capacity);
      std::memcpy(spill_.data(), inline_, used);
    } else if (capacity > spill_.size()) {
      spill_.Resize(capacity);
    }
    start_ = spill_.data();
    at_ = start_ + used;
    const size_t room = limit_ - charged_;
    end_ = start_ + (spill_.size() < room ? spill_.size() : room);
    return true;
  }

  const size_t limit_;
  size_t charged_ = 0;
  size_t free_ = cost::kAllowance;
  Bytes spill_;
  uint8_t* start_ = inline_;
  uint8_t* at_ = inline_;
  uint8_t* end_;
  alignas(8) uint8_t inline_[kInline];
};

}  // namespace isolet::value
