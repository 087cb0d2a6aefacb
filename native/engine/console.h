// The guest's console: each line goes to the host as values. V8 gives every context a console that does nothing; when
// the host listens, its methods are replaced by ours. The thread that holds the isolate's lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "engine/host.h"
#include "engine/v8.h"

namespace isolet {

class Guest;

class Console {
 public:
  Console() = default;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // False: an exception is pending.
  bool Install(v8::Local<v8::Context> context);
  // The host has read a line (any thread): room for another.
  void LineRead(size_t bytes);
  // The host has read the notice that lines were dropped (any thread): how many were, by now.
  uint64_t NoticeRead();

  static void Write(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void Assert(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  // What a guest may have written that the host has not read yet; more is dropped and counted.
  static constexpr uint32_t kMaxLines = 1024;
  static constexpr size_t kMaxBytes = 1024 * 1024;

  static void WriteLine(Guest& guest, ConsoleLine::Level level, std::vector<v8::Local<v8::Value>> values);
  bool Admit(size_t bytes);
  void Drop(Host& host);

  std::atomic<uint32_t> lines_{0};
  std::atomic<size_t> bytes_{0};
  std::atomic<uint64_t> dropped_{0};
  std::atomic<bool> notice_{false};  // one is on its way to the host
};

}  // namespace isolet
