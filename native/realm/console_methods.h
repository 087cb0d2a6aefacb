// What the methods of the guest's console do, after the console standard: counters, timers, groups. The thread that
// holds the isolate's lock.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "v8/v8.h"

namespace isolet {

class ConsoleMethods {
 public:
  ConsoleMethods() = default;
  ConsoleMethods(const ConsoleMethods&) = delete;
  ConsoleMethods& operator=(const ConsoleMethods&) = delete;

  // V8 gives every context a console whose methods do nothing: they are replaced. False: an exception is pending.
  static bool Install(v8::Local<v8::Context> context);
  // All of them; `info.Data()` says which.
  static void Call(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  // A guest that makes up labels without end: further ones are not remembered.
  static constexpr size_t kMaxLabels = 1000;
  static constexpr uint32_t kMaxDepth = 1000;

  struct Invocation;
  void Run(const Invocation& call);
  void Count(const Invocation& call);
  void Time(const Invocation& call);

  std::unordered_map<std::string, uint32_t> counts_;
  std::unordered_map<std::string, int64_t> timers_;
  uint32_t depth_ = 0;
};

}  // namespace isolet
