// Ids attached to guest objects under private names that guest code can neither see nor forge. The holder of the
// isolate's lock.
#pragma once

#include <cstdint>
#include <optional>

#include "v8/v8.h"

namespace isolet {

enum class PrivateId : uint8_t { kGuestFunction, kHostFunction, kHostError, kSegmentedText, kGivenAway };

std::optional<uint64_t> ReadPrivateId(v8::Local<v8::Context> context, v8::Local<v8::Object> object, PrivateId which);
void WritePrivateId(v8::Local<v8::Context> context, v8::Local<v8::Object> object, PrivateId which, uint64_t id);

}  // namespace isolet
