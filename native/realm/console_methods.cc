#include "realm/console_methods.h"

#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "calls/call.h"
#include "calls/entry_state.h"
#include "calls/guest_event.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "realm/console.h"
#include "threads/watchdog.h"
#include "v8/stack_text.h"
#include "v8/strings.h"

namespace isolet {
namespace {

using Level = ConsoleLine::Level;

enum class Does : uint8_t {
  kPrint,
  kPrintFirst,
  kTable,
  kAssert,
  kTrace,
  kGroup,
  kGroupEnd,
  kClear,
  kCount,
  kCountReset,
  kTime,
  kTimeLog,
  kTimeEnd
};

struct Method {
  const char* name;
  Level level;
  Does does;
};

// The levels are those of the standard.
constexpr std::array<Method, 19> kMethods = {{{"debug", Level::kDebug, Does::kPrint},
                                              {"log", Level::kLog, Does::kPrint},
                                              {"info", Level::kInfo, Does::kPrint},
                                              {"warn", Level::kWarn, Does::kPrint},
                                              {"error", Level::kError, Does::kPrint},
                                              {"dirxml", Level::kLog, Does::kPrint},
                                              {"dir", Level::kLog, Does::kPrintFirst},
                                              {"table", Level::kLog, Does::kTable},
                                              {"assert", Level::kError, Does::kAssert},
                                              {"trace", Level::kTrace, Does::kTrace},
                                              {"group", Level::kLog, Does::kGroup},
                                              {"groupCollapsed", Level::kLog, Does::kGroup},
                                              {"groupEnd", Level::kLog, Does::kGroupEnd},
                                              {"clear", Level::kLog, Does::kClear},
                                              {"count", Level::kInfo, Does::kCount},
                                              {"countReset", Level::kWarn, Does::kCountReset},
                                              {"time", Level::kWarn, Does::kTime},
                                              {"timeLog", Level::kLog, Does::kTimeLog},
                                              {"timeEnd", Level::kInfo, Does::kTimeEnd}}};

constexpr size_t kMaxLabel = 1024;
constexpr int kTraceFrames = 32;

}  // namespace

struct ConsoleMethods::Invocation {
  Parts& parts;
  const Method& method;
  const v8::FunctionCallbackInfo<v8::Value>& info;
  uint32_t depth;

  std::vector<v8::Local<v8::Value>> Arguments(int from = 0, int most = INT32_MAX) const {
    std::vector<v8::Local<v8::Value>> values;
    for (int i = from; i < info.Length() && i - from < most; ++i) values.push_back(info[i]);
    return values;
  }

  void Print(std::vector<v8::Local<v8::Value>> values, Level level, std::string stack = {}) const {
    ConsoleLine line;
    line.level = level;
    line.method = method.name;
    line.depth = depth;
    line.stack = std::move(stack);
    Console::Write(parts, std::move(line), std::move(values));
  }
  void Print(std::vector<v8::Local<v8::Value>> values) const { Print(std::move(values), method.level); }

  // `parts` one after the other as one text, then the arguments from `rest` on.
  void Say(std::initializer_list<v8::Local<v8::String>> parts, Level level, int rest = INT32_MAX) const {
    v8::Local<v8::String> text = v8::String::Empty(info.GetIsolate());
    for (v8::Local<v8::String> part : parts) {
      if (text->Length() + part->Length() > v8::String::kMaxLength) return;
      text = v8::String::Concat(info.GetIsolate(), text, part);
    }
    std::vector<v8::Local<v8::Value>> values{text};
    for (int i = rest; i < info.Length(); ++i) values.push_back(info[i]);
    Print(std::move(values), level);
  }

  v8::Local<v8::String> Text(const char* ascii) const { return Name(info.GetIsolate(), ascii); }

  // The first argument as a text, which may run the guest's `toString`. False: an exception is pending.
  bool Label(v8::Local<v8::String>* label) const {
    if (info[0]->IsUndefined()) {
      *label = Text("default");
      return true;
    }
    return info[0]->ToString(info.GetIsolate()->GetCurrentContext()).ToLocal(label);
  }
};

bool ConsoleMethods::Install(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> console;
  if (!context->Global()->Get(context, Name(isolate, "console")).ToLocal(&console)) return false;
  if (!console->IsObject()) return true;
  for (size_t i = 0; i < kMethods.size(); ++i) {
    v8::Local<v8::Function> function;
    v8::Local<v8::Integer> which = v8::Integer::New(isolate, static_cast<int>(i));
    if (!v8::Function::New(context, Call, which, 0, v8::ConstructorBehavior::kThrow).ToLocal(&function)) return false;
    v8::Local<v8::String> key = Name(isolate, kMethods[i].name);
    function->SetName(key);
    if (console.As<v8::Object>()->DefineOwnProperty(context, key, function).IsNothing()) return false;
  }
  return true;
}

void ConsoleMethods::Call(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Parts* parts = Parts::Of(info.GetIsolate());
  if (parts == nullptr) return;
  v8::HandleScope scope(info.GetIsolate());
  ConsoleMethods& self = parts->console_methods();
  const auto which = static_cast<size_t>(info.Data().As<v8::Integer>()->Value());
  Invocation call{*parts, kMethods[which], info, self.depth_};
  // A snapshot has the methods for runtimes with a console and for others.
  if (parts->options().console && parts->entry_state().clock.kind != CallKind::kSnapshotScript) return self.Run(call);
  // As the standard converts a label, so that a guest sees the same everywhere.
  v8::Local<v8::String> label;
  if (call.method.does >= Does::kCount) static_cast<void>(call.Label(&label));
}

void ConsoleMethods::Run(const Invocation& call) {
  const auto& info = call.info;
  switch (call.method.does) {
    case Does::kPrint:
      return call.Print(call.Arguments());
    case Does::kPrintFirst:
      return call.Print(call.Arguments(0, 1));
    case Does::kTable:
      return call.Print(call.Arguments(0, 2));
    case Does::kAssert:
      if (info[0]->BooleanValue(info.GetIsolate())) return;
      // A format of the guest's stays the format.
      if (info[1]->IsString()) {
        return call.Say({call.Text("Assertion failed: "), info[1].As<v8::String>()}, call.method.level, 2);
      }
      return call.Say({call.Text("Assertion failed")}, call.method.level, 1);
    case Does::kTrace:
      return call.Print(call.Arguments(), call.method.level, CurrentStackText(info.GetIsolate(), kTraceFrames));
    case Does::kGroup:
      if (info.Length() > 0) call.Print(call.Arguments());
      if (depth_ < kMaxDepth) ++depth_;
      return;
    case Does::kGroupEnd:
      if (depth_ > 0) --depth_;
      return;
    case Does::kClear:
      depth_ = 0;
      return;
    case Does::kCount:
    case Does::kCountReset:
      return Count(call);
    default:
      return Time(call);
  }
}

void ConsoleMethods::Count(const Invocation& call) {
  v8::Local<v8::String> label;
  if (!call.Label(&label)) return;
  const std::string key = ToUtf8(call.info.GetIsolate(), label, kMaxLabel);
  auto found = counts_.find(key);
  if (call.method.does == Does::kCountReset) {
    if (found == counts_.end()) {
      return call.Say({call.Text("Count for '"), label, call.Text("' does not exist")}, call.method.level);
    }
    counts_.erase(found);
    return;
  }
  uint32_t count = 1;
  if (found != counts_.end()) {
    count = ++found->second;
  } else if (counts_.size() < kMaxLabels) {
    counts_.emplace(key, count);
  }
  call.Say({label, call.Text((": " + std::to_string(count)).c_str())}, call.method.level);
}

void ConsoleMethods::Time(const Invocation& call) {
  v8::Local<v8::String> label;
  if (!call.Label(&label)) return;
  const int64_t now = SteadyNow();
  const std::string key = ToUtf8(call.info.GetIsolate(), label, kMaxLabel);
  auto found = timers_.find(key);
  if (call.method.does == Does::kTime) {
    if (found != timers_.end()) {
      return call.Say({call.Text("Timer '"), label, call.Text("' already exists")}, call.method.level);
    }
    if (timers_.size() < kMaxLabels) timers_.emplace(key, now);
    return;
  }
  if (found == timers_.end()) {
    return call.Say({call.Text("Timer '"), label, call.Text("' does not exist")}, Level::kWarn);
  }
  char text[64];
  std::snprintf(text, sizeof(text), ": %.3fms", static_cast<double>(now - found->second) / 1e6);
  const bool end = call.method.does == Does::kTimeEnd;
  if (end) timers_.erase(found);
  call.Say({label, call.Text(text)}, call.method.level, end ? INT32_MAX : 1);
}

}  // namespace isolet
