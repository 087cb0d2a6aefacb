// A call from guest code to a function of its host. Made on the guest's thread, read on the host's.
#pragma once

#include <cstdint>
#include <memory>

#include "calls/in_flight.h"
#include "calls/reply_slot.h"
#include "value/message.h"

namespace isolet {

enum class HostCallMode : uint32_t { kAuto = 0, kSync = 1, kAsync = 2 };

// What the program of the web's APIs asks the host, where host functions have their ids; those start above it.
inline constexpr uint64_t kWebHostFunction = 1;

// Promises that a guest makes for host calls: their ids start where those of the host's promises never get.
inline constexpr uint64_t kFirstCallPromise = uint64_t{1} << 52;

struct HostCall {
  uint64_t function_id = 0;
  uint64_t call_id = 0;  // the call it was made in, 0 = unknown
  HostCallMode mode = HostCallMode::kAuto;
  value::Message arguments;
  std::shared_ptr<ReplySlot> slot;  // blocking
  uint64_t promise_id = 0;          // asynchronous: answer with Guest::SettleHostPromise
  // Until the promise that the host function returned, if it did, has settled: also when nobody waits for it any more.
  std::unique_ptr<OpenCall> open;
};

}  // namespace isolet
