// The keys of objects with one hidden class, as they are written: small messages repeat each other, and asking V8 for
// the keys of an object takes longer than writing it.
//
// Of one context, kept between messages. The holder of the isolate's lock.
#pragma once

#include <cstdint>
#include <vector>

#include "v8/hidden_class.h"
#include "v8/v8.h"

namespace isolet::value {

class KeptKeys {
 public:
  // Objects with more are not kept.
  static constexpr size_t kMostKeys = 32;
  static constexpr size_t kMostBytes = 1024;
  // So many must have come, with none of what is in their place between them.
  static constexpr uint32_t kWorthIt = 4;

  struct Key {
    v8::Global<v8::String> name;
    uint32_t size;  // of what stands in `bytes` of it
  };
  // Of plain objects with the context's own prototype.
  struct Keys {
    v8::Global<v8::Data> hidden_class;  // V8 gives the number to no other while this holds it
    std::vector<Key> keys;
    std::vector<uint8_t> bytes;  // each as a new key of a message (wire.h), one after the other
    bool fields = false;         // the values are the fields of the object, in this order, and there are no others
  };

  // Room for so many; a power of two.
  explicit KeptKeys(size_t room) : slots_(room) {}
  KeptKeys(const KeptKeys&) = delete;
  KeptKeys& operator=(const KeptKeys&) = delete;

  // The context is going away.
  void Clear();

  HiddenClasses& classes() { return classes_; }
  // Null: none are kept. Gone as soon as any code of the isolate has run.
  const Keys* Find(v8::Local<v8::Context> context, uintptr_t hidden_class);
  // `object` has come, whose own keys are these.
  void Note(v8::Local<v8::Context> context, v8::Local<v8::Object> object, uintptr_t hidden_class,
            v8::Local<v8::Array> names);

 private:
  struct Slot {
    uintptr_t seen = 0;
    uint32_t times = 0;
    Keys kept;
  };

  static bool Read(v8::Local<v8::Context> context, v8::Local<v8::Array> names, Keys* keys);
  Slot& At(uintptr_t hidden_class) {
    return slots_[static_cast<size_t>((hidden_class >> 3) * 0x9e3779b97f4a7c15u >> 32) & (slots_.size() - 1)];
  }

  HiddenClasses classes_;
  v8::Global<v8::Context> context_;
  std::vector<Slot> slots_;
};

}  // namespace isolet::value
