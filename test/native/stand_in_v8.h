// V8 for parts that ask it for a few things only: nothing of V8 is linked, these functions note what they were asked.
// A test program that uses it includes this once and links no part that needs more.
#pragma once

#include <atomic>

#include "v8/v8.h"

namespace isolet::test {

struct AskedOfV8 {
  std::atomic<int> terminations{0};
  std::atomic<int> cancellations{0};
  std::atomic<int> interrupts{0};
};

inline AskedOfV8& Asked() {
  static AskedOfV8 asked;
  return asked;
}

// An isolate to ask. It has no content.
inline v8::Isolate* StandInIsolate() {
  alignas(64) static char isolate[64];
  return reinterpret_cast<v8::Isolate*>(isolate);
}

}  // namespace isolet::test

void v8::Isolate::TerminateExecution() { isolet::test::Asked().terminations.fetch_add(1); }
void v8::Isolate::CancelTerminateExecution() { isolet::test::Asked().cancellations.fetch_add(1); }
void v8::Isolate::RequestInterrupt(v8::InterruptCallback, void*) { isolet::test::Asked().interrupts.fetch_add(1); }
