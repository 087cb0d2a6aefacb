#include "value/shapes.h"

namespace isolet::value {

void Shapes::Look(uint32_t from, uint32_t key, bool* fresh) {
  uint32_t to = shapes_[from].steps == 0 ? kNone : Find(from, key);
  if (to == kNone) {
    *fresh = true;
    to = count();
    Shape next;
    next.from = from;
    next.key = key;
    next.crowded = shapes_[from].steps++ >= kMostNext;
    Add(next);
  }
  shapes_[from].last_key = key;
  shapes_[from].last = to;
}

uint32_t Shapes::Find(uint32_t from, uint32_t key) const {
  if (!places_.empty()) return places_[Place(from, key)];
  for (uint32_t i = 1; i < count(); i++) {
    if (shapes_[i].from == from && shapes_[i].key == key) return i;
  }
  return kNone;
}

void Shapes::Add(const Shape& shape) {
  shapes_.push_back(shape);
  if (count() <= kLinear) return;
  if (2 * size_t{count()} > places_.size()) {
    Rehash();
  } else {
    places_[Place(shape.from, shape.key)] = count() - 1;
  }
}

uint32_t Shapes::Truncate(uint32_t count) {
  for (uint32_t i = count; i < this->count(); i++) {
    Shape& from = shapes_[shapes_[i].from];
    from.steps--;
    if (from.last == i) from.last = from.last_key = kNone;
  }
  shapes_.resize(count);
  if (places_.empty()) return count;
  if (count > kLinear) {
    Place(places_.size());
    return static_cast<uint32_t>(places_.size());
  }
  places_.clear();
  return count;
}

void Shapes::Rehash() { Place(places_.empty() ? 4 * kLinear : 2 * places_.size()); }

void Shapes::Place(size_t places) {
  places_.assign(places, kNone);
  for (uint32_t i = 1; i < count(); i++) places_[Place(shapes_[i].from, shapes_[i].key)] = i;
}

// Where it is, or would be.
size_t Shapes::Place(uint32_t from, uint32_t key) const {
  const size_t mask = places_.size() - 1;
  size_t at = ((from * 0x9e3779b1u) ^ (key * 0x85ebca6bu)) & mask;
  while (places_[at] != kNone && (shapes_[places_[at]].from != from || shapes_[places_[at]].key != key)) {
    at = (at + 1) & mask;
  }
  return at;
}

}  // namespace isolet::value
