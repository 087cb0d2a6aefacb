// The process's time zone, which the host may change while guests live (process.env.TZ). V8 keeps what it knows of it
// in every isolate; Node tells its own isolate, and each guest hears of it when it is entered the next time. A cell is
// told by its host, which keeps what it is called now.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "v8/v8.h"

namespace isolet {

class TimeZone {
 public:
  // Whether it changed since the last look. The main thread only: environment variables are changed there.
  static bool Look();
  // What TZ says since the last look; nothing: it is the machine's. The main thread.
  static std::optional<std::string> Said();

  // What it is called since it changed, for cells, and how often it was. Any thread.
  static void SetName(std::string name);
  static std::string name();
  static uint64_t names() { return names_.load(std::memory_order_acquire); }

  // In a cell, whose host's it is. Any thread.
  static void Become(const std::string& name);

  // What one guest knows. The thread that holds the isolate's lock.
  void Refresh(v8::Isolate* isolate) {
    const uint64_t now = changes_.load(std::memory_order_relaxed);
    if (seen_ == now) return;
    seen_ = now;
    using Detection = v8::Isolate::TimeZoneDetection;
    const bool told = told_.load(std::memory_order_relaxed);
    isolate->DateTimeConfigurationChangeNotification(told ? Detection::kRedetect : Detection::kSkip);
  }

 private:
  static std::atomic<uint64_t> changes_;
  static std::atomic<uint64_t> names_;
  static std::atomic<bool> told_;  // nobody else has told V8
  uint64_t seen_ = 0;
};

}  // namespace isolet
