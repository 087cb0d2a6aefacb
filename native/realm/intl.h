// What ICU holds for a guest's Intl objects. It is neither in the heap nor counted by V8: an object of some hundred
// bytes in the heap stands for up to hundreds of kilobytes outside, and a segmented text is copied as a whole.
//
// Texts are charged like buffers, by what they are long, as long as anything segments them. Everything else is
// estimated: V8 keeps a global handle for each of ICU's things, and says when an Intl object is made, so their number
// is known and their size is taken to be one that most are near. The budget of the guest's memory takes the estimate
// in.
//
// The holder of the isolate's lock. Lifetime: Clear before the isolate goes.
#pragma once

#include <cstddef>

#include "memory_use/charged_objects.h"
#include "memory_use/outside_heap.h"
#include "v8/v8.h"

namespace isolet {

class Parts;

class IntlMemory final : public EstimatedMemory {
 public:
  explicit IntlMemory(Parts& parts) : parts_(parts) {}
  IntlMemory(const IntlMemory&) = delete;
  IntlMemory& operator=(const IntlMemory&) = delete;

  // Before guest code runs, apart from that of a snapshot. False: an exception is pending.
  bool Install(v8::Local<v8::Context> context);
  void Clear();

  // Bytes without the texts; also for what is dead and not collected.
  size_t Estimate(v8::HeapStatistics& statistics) const override;

  // What the guest calls.
  static void Segment(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void Iterate(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  static void OnUse(v8::Isolate* isolate, v8::Isolate::UseCounterFeature feature);

  // One more thing of ICU's.
  void Made(v8::Isolate* isolate);
  void Keep(v8::Local<v8::Context> context, v8::Local<v8::Value> made, size_t bytes);
  bool ReplaceIterator(v8::Local<v8::Context> context, v8::Local<v8::Object> segments);

  Parts& parts_;
  size_t made_ = 0;
  ChargedObjects texts_;  // of Segments objects and their iterators
};

}  // namespace isolet
