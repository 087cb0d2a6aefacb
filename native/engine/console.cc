#include "engine/console.h"

#include <array>
#include <utility>
#include <vector>

#include "engine/crossing.h"
#include "engine/guest.h"
#include "engine/strings.h"

namespace isolet {
namespace {

struct Method {
  const char* name;
  ConsoleLine::Level level;
};

// The others (count, time, groupEnd …) stay what V8 makes of them: functions that do nothing.
constexpr std::array<Method, 11> kMethods = {{{"debug", ConsoleLine::Level::kDebug},
                                              {"log", ConsoleLine::Level::kLog},
                                              {"info", ConsoleLine::Level::kInfo},
                                              {"warn", ConsoleLine::Level::kWarn},
                                              {"error", ConsoleLine::Level::kError},
                                              {"trace", ConsoleLine::Level::kTrace},
                                              {"dir", ConsoleLine::Level::kLog},
                                              {"dirxml", ConsoleLine::Level::kLog},
                                              {"table", ConsoleLine::Level::kLog},
                                              {"group", ConsoleLine::Level::kLog},
                                              {"groupCollapsed", ConsoleLine::Level::kLog}}};

constexpr size_t kMaxDescription = 256;

bool Define(v8::Local<v8::Context> context, v8::Local<v8::Object> console, const char* name,
            v8::FunctionCallback callback, ConsoleLine::Level level) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> data = v8::Integer::New(isolate, static_cast<int>(level));
  v8::Local<v8::Function> function;
  if (!v8::Function::New(context, callback, data, 0, v8::ConstructorBehavior::kThrow).ToLocal(&function)) return false;
  v8::Local<v8::String> key = Name(isolate, name);
  function->SetName(key);
  return !console->DefineOwnProperty(context, key, function).IsNothing();
}

}  // namespace

bool Console::Install(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> console;
  if (!context->Global()->Get(context, Name(isolate, "console")).ToLocal(&console)) return false;
  if (!console->IsObject()) return true;
  for (const Method& method : kMethods) {
    if (!Define(context, console.As<v8::Object>(), method.name, Write, method.level)) return false;
  }
  return Define(context, console.As<v8::Object>(), "assert", Assert, ConsoleLine::Level::kError);
}

bool Console::Admit(size_t bytes) {
  if (lines_.load(std::memory_order_relaxed) >= kMaxLines) return false;
  if (bytes_.load(std::memory_order_relaxed) + bytes > kMaxBytes) return false;
  lines_.fetch_add(1, std::memory_order_relaxed);
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
  return true;
}

void Console::LineRead(size_t bytes) {
  lines_.fetch_sub(1, std::memory_order_relaxed);
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

void Console::Drop(Host& host) {
  dropped_.fetch_add(1, std::memory_order_seq_cst);
  if (!notice_.exchange(true)) host.PostEvent(ConsoleDropped{});
}

uint64_t Console::NoticeRead() {
  notice_.store(false, std::memory_order_seq_cst);
  return dropped_.exchange(0);
}

void Console::Write(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Guest* guest = Guest::From(info.GetIsolate());
  if (guest == nullptr) return;
  v8::HandleScope scope(info.GetIsolate());
  std::vector<v8::Local<v8::Value>> values;
  values.reserve(static_cast<size_t>(info.Length()));
  for (int i = 0; i < info.Length(); ++i) values.push_back(info[i]);
  WriteLine(*guest, static_cast<ConsoleLine::Level>(info.Data().As<v8::Integer>()->Value()), std::move(values));
}

void Console::Assert(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Guest* guest = Guest::From(isolate);
  if (guest == nullptr || info[0]->BooleanValue(isolate)) return;
  v8::HandleScope scope(isolate);
  std::vector<v8::Local<v8::Value>> values{Name(isolate, "Assertion failed")};
  for (int i = 1; i < info.Length(); ++i) values.push_back(info[i]);
  WriteLine(*guest, ConsoleLine::Level::kError, std::move(values));
}

void Console::WriteLine(Guest& guest, ConsoleLine::Level level, std::vector<v8::Local<v8::Value>> values) {
  v8::Isolate* isolate = guest.isolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  std::variant<value::Message, value::Failure> left;
  {
    v8::TryCatch catcher(isolate);
    left = LeaveList(guest, context, values.data(), values.size(), "arguments");
    if (catcher.HasTerminated()) {
      // The TryCatch took the stop; it has to go on upwards (ReThrow would make it an ordinary exception).
      guest.gate().Reassert();
      return;
    }
  }
  if (std::holds_alternative<value::Failure>(left)) {
    // Logging never fails because of what is logged: what can't cross is described.
    for (v8::Local<v8::Value>& value : values) {
      v8::Local<v8::String> text;
      if (FromUtf8(isolate, Describe(isolate, value, kMaxDescription)).ToLocal(&text)) value = text;
    }
    v8::TryCatch catcher(isolate);
    left = LeaveList(guest, context, values.data(), values.size(), "arguments");
    if (std::holds_alternative<value::Failure>(left)) {
      guest.console().Drop(guest.host());
      return;
    }
  }
  ConsoleLine line;
  line.level = level;
  line.arguments = std::move(std::get<value::Message>(left));
  if (!guest.console().Admit(line.arguments.ByteSize())) {
    DropMessage(guest, line.arguments);
    guest.console().Drop(guest.host());
    return;
  }
  guest.host().PostEvent(std::move(line));
}

}  // namespace isolet
