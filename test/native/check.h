// Named tests for parts of the engine that need neither V8 nor Node. A test program is one file of TEST(name) { ... }
// blocks with EXPECT inside; it runs them in the order they are written, prints `name ok` or `name FAILED`, and exits
// with 1 if one failed.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

namespace isolet::test {

struct Case {
  const char* name;
  void (*body)();
};

inline std::vector<Case>& Cases() {
  static std::vector<Case> cases;
  return cases;
}

inline std::atomic<int> failed_expectations{0};

struct Registration {
  Registration(const char* name, void (*body)()) { Cases().push_back({name, body}); }
};

inline void Expect(bool holds, const char* what, const char* file, int line) {
  if (holds) return;
  failed_expectations.fetch_add(1);
  std::printf("  %s:%d: expected %s\n", file, line, what);
}

// Long enough for a busy machine with a sanitizer; only a test that fails waits that long.
inline constexpr int64_t kPatienceMs = 10'000;

inline void SleepMs(int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

// True as soon as `holds` is.
inline bool Eventually(const std::function<bool()>& holds, int64_t patience_ms = kPatienceMs) {
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    SleepMs(1);
  }
  return true;
}

}  // namespace isolet::test

#define TEST(name)                                                            \
  static void name();                                                         \
  static const ::isolet::test::Registration registration_##name(#name, name); \
  static void name()

#define EXPECT(condition) ::isolet::test::Expect((condition), #condition, __FILE__, __LINE__)
