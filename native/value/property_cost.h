// What the properties of one object make its receiver allocate, one after the other, beyond the object itself and the
// keys.
#pragma once

#include <cstddef>
#include <cstdint>

#include "value/shapes.h"

namespace isolet::value {

class PropertyCost {
 public:
  enum class Kind : uint8_t { kPlain, kNullPrototype, kError };

  PropertyCost(Shapes* shapes, Kind kind) : shapes_(shapes), kind_(kind), dictionary_(kind == Kind::kNullPrototype) {}
  // To come back to what it was before a property that is left out after all.
  PropertyCost(const PropertyCost&) = default;
  PropertyCost& operator=(const PropertyCost&) = default;

  // A property named by the key with this number.
  size_t AddNamed(uint32_t key);
  // A property under an index, which V8 keeps as elements.
  size_t AddIndexed(uint32_t index);
  // Of those so far that are named.
  uint32_t shape() const { return shape_; }
  // With the next index the elements are far between. V8 would give them up to 12 KB of holes: the receiver has to
  // make a dictionary of them before that.
  bool SpreadsAt(uint32_t index) const { return !spread_ && index >= 2 * (indices_ + 8); }

  // An object's key as an index, or kNoIndex. `text`: at most kLongestIndex characters.
  static constexpr uint32_t kNoIndex = UINT32_MAX;
  static constexpr uint32_t kLongestIndex = 10;
  static uint32_t IndexOf(const uint8_t* text, uint32_t length);

 private:
  Shapes* shapes_;
  Kind kind_;
  bool dictionary_;  // the named ones are one
  bool spread_ = false;
  uint32_t shape_ = Shapes::kRoot;
  size_t named_ = 0;
  size_t indices_ = 0;
  size_t capacity_ = 0;  // of the elements, as long as they are dense
};

}  // namespace isolet::value
