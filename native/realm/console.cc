#include "realm/console.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "boundary/crossing.h"
#include "boundary/stand_in.h"
#include "calls/current_call.h"
#include "calls/gate.h"
#include "calls/host.h"
#include "calls/parts.h"
#include "entry/frame.h"
#include "v8/strings.h"

namespace isolet {
namespace {

constexpr size_t kMaxDescription = 256;
constexpr const char* kRoot = "arguments";

// Which of the values a failure is about; -1 = none of them by itself.
int IndexOf(const value::Failure& failure) {
  const std::string prefix = std::string(kRoot) + "[";
  if (!failure.path.starts_with(prefix)) return -1;
  return std::atoi(failure.path.c_str() + prefix.size());
}

// All values as one message. One that can't cross is replaced, first by a copy without what can't, then by a few words.
std::optional<value::Message> TakeValues(Parts& parts, std::vector<v8::Local<v8::Value>> values) {
  v8::Isolate* isolate = parts.isolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  std::vector<uint8_t> tries(values.size());
  for (;;) {
    v8::TryCatch catcher(isolate);
    auto left = LeaveList(parts, context, values.data(), values.size(), kRoot, ConsoleLines::kMaxBytes);
    if (catcher.HasTerminated()) {
      // The TryCatch took the stop; it has to go on upwards (ReThrow would make it an ordinary exception).
      parts.gate().Reassert();
      return std::nullopt;
    }
    if (auto* message = std::get_if<value::Message>(&left)) return std::move(*message);
    catcher.Reset();
    const int index = IndexOf(std::get<value::Failure>(left));
    if (index < 0 || static_cast<size_t>(index) >= values.size() || tries[index] > 1) return std::nullopt;
    v8::Local<v8::Value>& value = values[index];
    if (tries[index]++ == 0) {
      value = StandIn(parts, context, value);
      if (parts.gate().stopping()) return std::nullopt;
    } else {
      v8::Local<v8::String> text;
      if (!FromUtf8(isolate, Describe(isolate, value, kMaxDescription)).ToLocal(&text)) return std::nullopt;
      value = text;
    }
  }
}

}  // namespace

void Console::Write(Parts& parts, ConsoleLine line, std::vector<v8::Local<v8::Value>> values) {
  std::optional<value::Message> taken = TakeValues(parts, std::move(values));
  if (parts.gate().stopping()) {
    if (taken) DropMessage(parts, *taken);
    return;
  }
  line.call_id = CurrentCallId(parts.isolate()->GetCurrentContext());
  bool news = false;
  if (taken) line.arguments = std::move(*taken);
  if (!parts.console().lines_.Queue(taken ? &line : nullptr, &news)) DropMessage(parts, line.arguments);
  if (news) parts.host().PostEvent(ConsoleNews{});
}

}  // namespace isolet
