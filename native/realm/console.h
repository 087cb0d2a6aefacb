// The lines of the guest's console, on their way to the host: bounded in number and bytes, what comes beyond is dropped
// and counted. The host takes them in order, before it serves a call of the guest and before it hands out the answer of
// one. What the methods of the console do is realm/console_methods.h.
#pragma once

#include <optional>
#include <vector>

#include "calls/console_lines.h"
#include "v8/v8.h"

namespace isolet {

class Parts;

class Console {
 public:
  Console() = default;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // Takes the values into `line` and queues it. Never fails because of the values: what can't cross is described. The
  // thread that holds the isolate's lock.
  static void Write(Parts& parts, ConsoleLine line, std::vector<v8::Local<v8::Value>> values);

  // The next line that the host has not read. Any thread.
  using Item = ConsoleItem;
  std::optional<Item> Next() { return lines_.Next(); }

 private:
  ConsoleLines lines_;
};

}  // namespace isolet
