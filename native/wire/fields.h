// The fields of a message, written one after the other and read again in the
// same order. One description serves both
// (`template <typename F> bool Fields(F& f, T& value)`), so that the two can't
// differ.
//
// The reader believes nothing: a length is held against what is there and
// against a bound before anything is made of it, an enumeration against its
// last value. Every step answers false from the first field on that is not as
// it should be. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "value/bytes.h"
#include "value/reader.h"

namespace isolet::wire {

// Ids that either side makes objects and numbers of JavaScript from.
inline constexpr uint64_t kMostId = uint64_t{1} << 53;

class FieldWriter {
 public:
  static constexpr bool kWrites = true;

  // Room for `head` bytes is left before the fields.
  explicit FieldWriter(size_t head = 0) : used_(head) { out_.Resize(kFirst); }
  FieldWriter(const FieldWriter&) = delete;
  FieldWriter& operator=(const FieldWriter&) = delete;

  template <typename T>
  bool Number(const T& number, uint64_t = 0) {
    auto left = static_cast<uint64_t>(number);
    uint8_t* at = Room(value::kMaxVarint);
    const uint8_t* start = at;
    while (left >= 0x80) {
      *at++ = static_cast<uint8_t>(left) | 0x80;
      left >>= 7;
    }
    *at++ = static_cast<uint8_t>(left);
    used_ += static_cast<size_t>(at - start);
    return true;
  }
  bool Flag(bool flag) { return Number(flag ? 1 : 0); }
  bool Double(double number) { return Raw(&number, sizeof(number)); }
  template <typename E>
  bool Enum(E value, E) {
    return Number(static_cast<uint64_t>(value));
  }
  // What is longer is cut, between two characters.
  bool Text(const std::string& text, size_t most) {
    size_t size = text.size();
    if (size > most) {
      size = most;
      while (size > 0 && (static_cast<uint8_t>(text[size]) & 0xC0) == 0x80) --size;
    }
    return Number(size) && Raw(text.data(), size);
  }
  bool Raw(const void* data, size_t size) {
    uint8_t* at = Room(size);
    if (size != 0) std::memcpy(at, data, size);
    used_ += size;
    return true;
  }

  value::Bytes Finish() {
    out_.Resize(used_);
    return std::move(out_);
  }

 private:
  static constexpr size_t kFirst = 256;

  uint8_t* Room(size_t count) {
    const size_t needed = used_ + count;
    if (needed > out_.size()) out_.Resize(needed > 2 * out_.size() ? needed + kFirst : 2 * out_.size());
    return out_.data() + used_;
  }

  value::Bytes out_;
  size_t used_;
};

class FieldReader {
 public:
  static constexpr bool kWrites = false;

  // `max_bytes`: what one value may cost (value::Limits).
  FieldReader(const uint8_t* data, size_t size, size_t max_bytes) : in_(data, size), max_bytes_(max_bytes) {}
  FieldReader(const FieldReader&) = delete;
  FieldReader& operator=(const FieldReader&) = delete;

  size_t max_bytes() const { return max_bytes_; }
  // For what comes after it, in a frame that says so itself.
  void set_max_bytes(size_t max_bytes) { max_bytes_ = max_bytes; }

  template <typename T>
  bool Number(T& number, uint64_t most = static_cast<uint64_t>(std::numeric_limits<T>::max())) {
    uint64_t read;
    if (!in_.Varint(&read) || read > most) return false;
    number = static_cast<T>(read);
    return true;
  }
  bool Flag(bool& flag) {
    uint8_t read;
    if (!in_.Byte(&read) || read > 1) return false;
    flag = read == 1;
    return true;
  }
  bool Double(double& number) { return in_.Double(&number); }
  template <typename E>
  bool Enum(E& value, E last) {
    uint8_t read;
    if (!Number(read, static_cast<uint64_t>(last))) return false;
    value = static_cast<E>(read);
    return true;
  }
  bool Text(std::string& text, size_t most) {
    const uint8_t* data;
    size_t size;
    if (!Bytes(&data, &size) || size > most) return false;
    text.assign(reinterpret_cast<const char*>(data), size);
    return true;
  }
  // A length and so many bytes, which stay where they are.
  bool Bytes(const uint8_t** data, size_t* size) { return Number(*size) && in_.Raw(*size, data); }

  size_t left() const { return in_.Left(); }
  bool at_end() const { return in_.AtEnd(); }

 private:
  value::Reader in_;
  size_t max_bytes_;
};

// An id, or a number that becomes one of JavaScript.
template <typename F>
bool Id(F& f, uint64_t& id) {
  return f.Number(id, kMostId);
}

template <typename F, typename T, typename Each>
bool Maybe(F& f, std::optional<T>& value, const Each& each) {
  bool there = value.has_value();
  if (!f.Flag(there)) return false;
  if (!there) return true;
  if constexpr (!F::kWrites) value.emplace();
  return each(*value);
}

// At most `most`: what is more is left out where it is written.
template <typename F, typename T, typename Each>
bool List(F& f, std::vector<T>& values, size_t most, const Each& each) {
  size_t count = values.size() < most ? values.size() : most;
  if (!f.Number(count, most)) return false;
  if constexpr (!F::kWrites) {
    // Each takes a byte at least.
    if (count > f.left()) return false;
    values.reserve(count);
  }
  for (size_t i = 0; i < count; ++i) {
    if constexpr (!F::kWrites) values.emplace_back();
    if (!each(values[i])) return false;
  }
  return true;
}

// A message that says all by what it is.
template <typename F, typename T>
  requires std::is_empty_v<T> bool
Fields(F&, T&) {
  return true;
}

// Which of them it is, then its fields.
template <typename F, typename... T>
bool OneOf(F& f, std::variant<T...>& value) {
  size_t index = value.index();
  if (!f.Number(index, sizeof...(T) - 1)) return false;
  if constexpr (!F::kWrites) {
    using Make = void (*)(std::variant<T...>&);
    static constexpr Make kMakers[] = {[](std::variant<T...>& made) { made.template emplace<T>(); }...};
    kMakers[index](value);
  }
  return std::visit([&f](auto& one) { return Fields(f, one); }, value);
}

}  // namespace isolet::wire
