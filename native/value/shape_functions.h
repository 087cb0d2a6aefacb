// Functions that V8 compiles for objects with certain keys in a certain order. A literal with these keys is made in a
// tenth of the time that it takes to define them one by one, so objects that come again and again get a function whose
// body is that literal. It runs nothing but that.
//
// Of one context, kept between messages, because small messages repeat each other. The holder of the isolate's lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "v8/v8.h"

namespace isolet::value {

// A key as it stands in a message: Latin-1, or UTF-16 units at an even address.
struct KeyText {
  const uint8_t* data = nullptr;
  uint32_t length = 0;  // in units
  bool one_byte = true;

  size_t size() const { return one_byte ? length : 2 * size_t{length}; }
};

class ShapeFunctions {
 public:
  using Keys = std::span<const KeyText>;

  // Of more the functions would grow, and the objects become dictionaries.
  static constexpr size_t kMostKeys = 32;
  // So many objects must have come before a function is compiled, which takes as long as making about a hundred.
  static constexpr uint32_t kWorthIt = 64;
  // In one message: the rest is made the slow way.
  static constexpr uint32_t kMostCompiled = 8;

  // Room for so many shapes; a power of two.
  explicit ShapeFunctions(size_t room) : slots_(room) {}
  ShapeFunctions(const ShapeFunctions&) = delete;
  ShapeFunctions& operator=(const ShapeFunctions&) = delete;

  // The context is going away.
  void Clear();

  // Nobody can tell ahead which keys have the same.
  static uint32_t HashOf(Keys keys);
  // The function that makes such objects of their values, if there is one; and how many had come by then.
  v8::Local<v8::Function> Find(v8::Local<v8::Context> context, uint32_t hash, Keys keys, uint32_t* uses) const;
  // Empty, with nothing pending: not of these keys. False: an exception is pending.
  bool Compile(v8::Local<v8::Context> context, uint32_t hash, Keys keys, v8::Local<v8::Function>* function);
  // So many more have come. What comes more often takes the place of what came once.
  void Note(uint32_t hash, uint32_t uses);

 private:
  static constexpr uint32_t kMostUses = 1u << 16;

  struct Slot {
    uint32_t hash = 0;
    uint32_t uses = 0;
    std::string keys;  // see Matches
    v8::Global<v8::Function> function;
  };

  // Each key's kind, length and text.
  static std::string Keep(Keys keys);
  static bool Matches(const std::string& kept, Keys keys);

  Slot& At(uint32_t hash) { return slots_[hash & (slots_.size() - 1)]; }
  const Slot& At(uint32_t hash) const { return slots_[hash & (slots_.size() - 1)]; }

  v8::Global<v8::Context> context_;
  std::vector<Slot> slots_;
};

}  // namespace isolet::value
