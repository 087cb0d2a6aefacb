// The lines of the guest's console, on their way to the host: bounded in number and bytes, what comes beyond is dropped
// and counted. The host takes them in order, before it serves a call of the guest and before it hands out the answer of
// one. What the methods of the console do is realm/console_methods.h.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "calls/allowance.h"
#include "calls/guest_event.h"
#include "v8/v8.h"

namespace isolet {

class Parts;

class Console {
 public:
  using Item = std::variant<ConsoleLine, ConsoleDropped>;

  Console() = default;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // Takes the values into `line` and queues it. Never fails because of the values: what can't cross is described. The
  // thread that holds the isolate's lock.
  static void Write(Parts& parts, ConsoleLine line, std::vector<v8::Local<v8::Value>> values);

  // The next line that the host has not read. Any thread; sees at least what was written before an answer that it has.
  std::optional<Item> Next();

  // What a guest may have written that the host has not read yet.
  static constexpr size_t kMaxLines = 1024;
  static constexpr size_t kMaxBytes = 1024 * 1024;

 private:
  // False: dropped. `news`: the host has to be told.
  bool Queue(ConsoleLine* line, bool* news);

  std::atomic<bool> any_{false};  // items_ has some; written under mutex_

  // Guards everything below. Leaf lock.
  std::mutex mutex_;
  std::deque<Item> items_;
  Allowance unread_{kMaxLines, kMaxBytes};
  uint64_t dropped_ = 0;  // since the last notice; a notice is the last item then
};

}  // namespace isolet
