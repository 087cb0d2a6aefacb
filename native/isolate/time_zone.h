// The process's time zone, which the host may change while guests live (process.env.TZ). V8 keeps what it knows of it
// in every isolate; Node tells its own isolate, and each guest hears of it when it is entered the next time.
#pragma once

#include <atomic>
#include <cstdint>

#include "v8/v8.h"

namespace isolet {

class TimeZone {
 public:
  // Whether it changed since the last look. The main thread only: environment variables are changed there.
  static void Look();

  // What one guest knows. The thread that holds the isolate's lock.
  void Refresh(v8::Isolate* isolate) {
    const uint64_t now = changes_.load(std::memory_order_relaxed);
    if (seen_ == now) return;
    seen_ = now;
    isolate->DateTimeConfigurationChangeNotification(v8::Isolate::TimeZoneDetection::kSkip);
  }

 private:
  static std::atomic<uint64_t> changes_;
  uint64_t seen_ = 0;
};

}  // namespace isolet
