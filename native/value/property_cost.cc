#include "value/property_cost.h"

#include "value/cost.h"

namespace isolet::value {

namespace {

// All measured. A hidden class, its description of the key and the step to it.
constexpr size_t kShape = 112;
// Both for each property, where objects share nothing.
constexpr size_t kErrorProperty = 136;
// Properties inside the object; beyond them three at a time.
constexpr size_t kInside = 4;
constexpr size_t kStep = 3;
constexpr size_t kHeader = 16;
// V8: 1,020. After that the object is a dictionary.
constexpr size_t kMostShaped = 1000;

size_t GrowDictionary(size_t count) { return cost::Dictionary(count) - cost::Dictionary(count == 0 ? 0 : count - 1); }

}  // namespace

size_t PropertyCost::AddNamed(uint32_t key) {
  named_++;
  if (kind_ == Kind::kError) return kErrorProperty;
  if (dictionary_) return GrowDictionary(named_);
  bool fresh;
  shape_ = shapes_->Next(shape_, key, &fresh);
  const bool crowded = shapes_->crowded(shape_);
  size_t bytes = fresh && !crowded ? kShape : 0;
  if (named_ > kInside && (named_ - kInside) % kStep == 1) {
    bytes += kStep * cost::kSlot + (named_ == kInside + 1 ? kHeader : 0);
  }
  if (crowded || named_ > kMostShaped) {
    dictionary_ = true;
    bytes += cost::Dictionary(named_);
  }
  return bytes;
}

size_t PropertyCost::AddIndexed(uint32_t index) {
  size_t bytes = 0;
  if (SpreadsAt(index)) {
    spread_ = true;
    // One for what makes it a dictionary (see Decoder::ReadProperties).
    indices_++;
    bytes = cost::Dictionary(indices_);
  }
  indices_++;
  if (spread_) return bytes + GrowDictionary(indices_);
  if (index < capacity_) return 0;
  // As V8 grows them.
  const size_t needed = size_t{index} + 1;
  const size_t capacity = needed + needed / 2 + 16;
  bytes = (capacity - capacity_) * cost::kSlot + (capacity_ == 0 ? kHeader : 0);
  capacity_ = capacity;
  return bytes;
}

uint32_t PropertyCost::IndexOf(const uint8_t* text, uint32_t length) {
  if (length == 0 || length > kLongestIndex || (text[0] == '0' && length > 1)) return kNoIndex;
  uint64_t index = 0;
  for (uint32_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return kNoIndex;
    index = 10 * index + (text[i] - '0');
  }
  return index < kNoIndex ? static_cast<uint32_t>(index) : kNoIndex;
}

}  // namespace isolet::value
