// Which objects of a message share a hidden class: those with the same keys in the same order. V8 makes one for each
// step from key to key that it has not seen, which takes many times what a property takes. The first object with a new
// shape pays for it.
//
// Writer and reader each keep one per message; the numbers of keys are those of the message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "value/short_list.h"

namespace isolet::value {

class Shapes {
 public:
  static constexpr uint32_t kRoot = 0;

  Shapes() { shapes_.push_back(Shape()); }
  Shapes(const Shapes&) = delete;
  Shapes& operator=(const Shapes&) = delete;

  // The shape of an object of shape `from` once it has `key` as well. `fresh`: nobody had it before.
  uint32_t Next(uint32_t from, uint32_t key, bool* fresh) {
    Shape& shape = shapes_[from];
    *fresh = false;
    if (shape.last_key != key) Look(from, key, fresh);
    return shapes_[from].last;
  }
  // How many there are, and forgetting those from the `count`-th on. Answers how many places that went through.
  uint32_t count() const { return static_cast<uint32_t>(shapes_.size()); }
  uint32_t Truncate(uint32_t count);
  // So many shapes follow the one before this that V8 makes no hidden class for it.
  bool crowded(uint32_t shape) const { return shapes_[shape].crowded; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kLinear = 16;
  static constexpr uint32_t kMostNext = 1500;  // V8: 1,536

  struct Shape {
    uint32_t from = kNone;
    uint32_t key = kNone;
    uint32_t last_key = kNone;  // the step from here that was taken last, and where to
    uint32_t last = kNone;
    uint32_t steps = 0;
    bool crowded = false;
  };

  void Look(uint32_t from, uint32_t key, bool* fresh);
  uint32_t Find(uint32_t from, uint32_t key) const;
  void Add(const Shape& shape);
  void Rehash();
  void Place(size_t places);
  size_t Place(uint32_t from, uint32_t key) const;

  ShortList<Shape, kLinear> shapes_;
  // Where each is by hash, once they are more than kLinear; at most half full.
  std::vector<uint32_t> places_;
};

}  // namespace isolet::value
