// A value on its way from one isolate to another: bytes, the memory of large buffers, and the handles (functions,
// promises, streams, host objects) that cross by id.
//
// A Message belongs to no isolate and to no thread. It is moved, never copied: the handles in it are counted
// arrivals (see Exporter) and the receiver consumes each once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "v8/v8.h"
#include "value/bytes.h"

namespace isolet::value {

// What an id in a Message stands for. "Guest" and "host" name the side that owns the thing.
enum class HandleKind : uint8_t {
  kGuestFunction = 1,
  kHostFunction = 2,
  kGuestPromise = 3,
  kHostPromise = 4,
  kGuestStream = 5,
  kHostStream = 6,
  // A host Error that went into the guest and comes back: the host must see the same object.
  kHostError = 7,
};

struct Handle {
  HandleKind kind;
  uint32_t flags = 0;  // kHostFunction: the HostCallMode
  uint64_t id = 0;
  std::string name = {};  // of a function: what its side calls it
  uint32_t length = 0;    // of a function: how many parameters it says it has
};

// The codec recurses on the native stack: a larger Limits::max_depth counts as this one.
inline constexpr uint32_t kMaxDepth = 1000;

struct Limits {
  uint32_t max_depth = 100;              // the root is level 1
  size_t max_bytes = 10u * 1024 * 1024;  // what a message may cost, see cost.h
  bool operator==(const Limits&) const = default;
};

// Functions, promises and streams in one message. Each becomes objects of the receiver's, made in one go on its thread.
inline constexpr size_t kMaxHandles = 10'000;

class Message {
 public:
  Message() = default;
  Message(Message&&) = default;
  Message& operator=(Message&&) = default;
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  // Encoded form, see wire.h.
  Bytes bytes;
  // Buffers large enough to be worth not copying twice; the wire form refers to them by index.
  std::vector<std::shared_ptr<v8::BackingStore>> stores;
  std::vector<Handle> handles;

  size_t ByteSize() const;
};

// Why a value did not cross.
struct Failure {
  enum class Kind : uint8_t {
    kThrew,        // a JavaScript exception is pending in the encoding isolate (getter, Proxy …) or it is terminating
    kUnsupported,  // symbol, WeakMap, Proxy …: `what` says which
    kDepth,
    kBytes,
    kForeign,   // a handle of another runtime
    kReleased,  // a handle that was released
    kHandles,   // more functions, promises and streams than one message may carry
    kHeld,      // the host holds as many of them as it may, of earlier messages too
  };
  bool over_limit() const { return limit != 0; }
  Kind kind = Kind::kThrew;
  std::string what;
  std::string path;  // like `result.items[3].name`; empty for the root
  uint64_t limit = 0;
  uint64_t actual = 0;
};

}  // namespace isolet::value
