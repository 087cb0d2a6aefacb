// Ids attached to guest objects under private names that guest code can neither see nor forge. The holder of the
// isolate's lock.
#pragma once

#include <cstdint>
#include <optional>

#include "v8/v8.h"

namespace isolet {

enum class Brand : uint8_t { kGuestFunction, kHostFunction, kHostError, kSegmentedText };

std::optional<uint64_t> ReadBrand(v8::Local<v8::Context> context, v8::Local<v8::Object> object, Brand brand);
void WriteBrand(v8::Local<v8::Context> context, v8::Local<v8::Object> object, Brand brand, uint64_t id);

}  // namespace isolet
