// Garbage collections that the other side of the border asks for: full ones, as many as take a small part of the time.
// The holder of the isolate's lock.
#pragma once

#include <cstdint>

#include "v8/v8.h"

namespace isolet {

class CollectionPace {
 public:
  CollectionPace() = default;
  CollectionPace(const CollectionPace&) = delete;
  CollectionPace& operator=(const CollectionPace&) = delete;

  // False: it is too soon after the last one.
  bool Collect(v8::Isolate* isolate);

 private:
  int64_t next_ = 0;  // steady nanoseconds
};

}  // namespace isolet
