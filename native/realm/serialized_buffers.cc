#include "realm/serialized_buffers.h"

#include <cstring>

namespace isolet {
namespace {

class Scanner {
 public:
  Scanner(const uint8_t* bytes, size_t size) : start_(bytes), at_(bytes), end_(bytes + size) {}

  std::optional<std::vector<ResizableInClone>> Run() {
    uint64_t version;
    if (!Byte(0xFF) || !Varint(&version)) return std::nullopt;
    while (at_ < end_) {
      if (!Token()) return std::nullopt;
    }
    return std::move(found_);
  }

 private:
  // What is open: an error is a list of parts of its own, of which the cause is a value with containers again.
  struct Error {
    size_t containers = 0;  // open in its cause
    bool in_cause = false;
  };

  bool Byte(uint8_t wanted) { return at_ < end_ && *at_++ == wanted; }

  bool Varint(uint64_t* value) {
    *value = 0;
    for (int shift = 0; at_ < end_ && shift < 64; shift += 7) {
      uint8_t byte = *at_++;
      *value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool Varints(int count) {
    uint64_t value;
    for (; count > 0; --count) {
      if (!Varint(&value)) return false;
    }
    return true;
  }

  bool Skip(uint64_t bytes) {
    if (bytes > static_cast<uint64_t>(end_ - at_)) return false;
    at_ += bytes;
    return true;
  }

  bool Sized() {
    uint64_t size;
    return Varint(&size) && Skip(size);
  }

  bool BigInt() {
    uint64_t bits;  // the sign, then the number of bytes
    return Varint(&bits) && Skip((bits >> 1) & 0x3FFFFFFF);
  }

  bool String() {
    while (at_ < end_ && *at_ == 0) ++at_;  // padding
    return at_ < end_ && (*at_ == '"' || *at_ == 'c' || *at_ == 'S') && Skip(1) && Sized();
  }

  bool Resizable(const uint8_t* from) {
    uint64_t length, max_length;
    if (!Varint(&length) || !Varint(&max_length)) return false;
    const uint8_t* data = at_;
    if (!Skip(length)) return false;
    found_.push_back({static_cast<size_t>(from - start_), static_cast<size_t>(at_ - start_), length, max_length, data});
    return true;
  }

  void Open() {
    if (!errors_.empty()) ++errors_.back().containers;
  }

  // A value is complete: perhaps it was the cause of an error.
  void Done() {
    if (!errors_.empty() && errors_.back().in_cause && errors_.back().containers == 0) errors_.back().in_cause = false;
  }

  bool Close(int varints) {
    if (!errors_.empty() && errors_.back().containers > 0) --errors_.back().containers;
    if (!Varints(varints)) return false;
    Done();
    return true;
  }

  bool Value(bool good) {
    if (good) Done();
    return good;
  }

  // A view stands behind its buffer, and the two are one value.
  bool Buffer(bool good) {
    if (!good) return false;
    if (at_ < end_ && *at_ == 'V') return Skip(1) && Value(Varints(4));
    return Value(true);
  }

  bool ErrorPart() {
    switch (*at_++) {
      case 'E':
      case 'R':
      case 'F':
      case 'S':
      case 'T':
      case 'U':
        return true;
      case 'm':
      case 's':
        return String();
      case 'c':
        errors_.back().in_cause = true;
        return true;
      case '.':
        errors_.pop_back();
        Done();
        return true;
      default:
        return false;
    }
  }

  bool Token() {
    if (!errors_.empty() && !errors_.back().in_cause) return ErrorPart();
    const uint8_t* from = at_;
    switch (*at_++) {
      case 0:  // padding
        return true;
      case '?':
        return Varints(1);
      case '_':
      case '0':
      case 'T':
      case 'F':
      case '-':
      case 'y':
      case 'x':
        return Value(true);
      case 'I':
      case 'U':
      case 'w':
        return Value(Varints(1));
      case 'N':
      case 'D':
      case 'n':
        return Value(Skip(8));
      case 'Z':
      case 'z':
        return Value(BigInt());
      case '"':
      case 'c':
      case 'S':
        return Value(Sized());
      case 's':
        return Value(String());
      case 'R':
        return Value(String() && Varints(1));
      case 'o':
      case ';':
      case '\'':
        Open();
        return true;
      case 'A':
      case 'a':
        Open();
        return Varints(1);
      case '{':
      case ':':
      case ',':
        return Close(1);
      case '$':
      case '@':
        return Close(2);
      case 'B':
        return Buffer(Sized());
      case '~':
        return Buffer(Resizable(from));
      case 't':
      case 'u':
      case '^':  // perhaps a buffer that was seen before
        return Buffer(Varints(1));
      case 'r':
        errors_.emplace_back();
        return true;
      default:
        return false;
    }
  }

  const uint8_t* const start_;
  const uint8_t* at_;
  const uint8_t* const end_;
  std::vector<Error> errors_;
  std::vector<ResizableInClone> found_;
};

}  // namespace

std::optional<std::vector<ResizableInClone>> FindResizable(const uint8_t* bytes, size_t size) {
  if (size == 0 || std::memchr(bytes, '~', size) == nullptr) return std::vector<ResizableInClone>();
  return Scanner(bytes, size).Run();
}

}  // namespace isolet
