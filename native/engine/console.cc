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

constexpr std::array<Method, 6> kMethods = {{{"debug", ConsoleLine::Level::kDebug},
                                             {"log", ConsoleLine::Level::kLog},
                                             {"info", ConsoleLine::Level::kInfo},
                                             {"warn", ConsoleLine::Level::kWarn},
                                             {"error", ConsoleLine::Level::kError},
                                             {"trace", ConsoleLine::Level::kTrace}}};

constexpr size_t kMaxDescription = 256;

}  // namespace

bool Console::Install(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> console;
  if (!context->Global()->Get(context, Name(isolate, "console")).ToLocal(&console)) return false;
  if (!console->IsObject()) return true;
  for (const Method& method : kMethods) {
    v8::Local<v8::Value> data = v8::Integer::New(isolate, static_cast<int>(method.level));
    v8::Local<v8::Function> function;
    v8::Local<v8::String> name = Name(isolate, method.name);
    if (!v8::Function::New(context, Write, data, 0, v8::ConstructorBehavior::kThrow).ToLocal(&function)) return false;
    function->SetName(name);
    if (console.As<v8::Object>()->DefineOwnProperty(context, name, function).IsNothing()) return false;
  }
  return true;
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

void Console::Write(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Guest* guest = Guest::From(isolate);
  if (guest == nullptr) return;
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  std::vector<v8::Local<v8::Value>> values;
  for (int i = 0; i < info.Length(); ++i) values.push_back(info[i]);

  std::variant<value::Message, value::Failure> left;
  {
    v8::TryCatch catcher(isolate);
    left = LeaveList(*guest, context, values.data(), values.size(), "arguments");
    if (catcher.HasTerminated()) {
      // The TryCatch took the stop; it has to go on upwards (ReThrow would make it an ordinary exception).
      guest->gate().Reassert();
      return;
    }
  }
  if (std::holds_alternative<value::Failure>(left)) {
    // Logging never fails because of what is logged: what can't cross is described.
    for (v8::Local<v8::Value>& value : values) {
      v8::Local<v8::String> text;
      if (FromUtf8(isolate, Describe(isolate, value, kMaxDescription)).ToLocal(&text)) value = text;
    }
    left = LeaveList(*guest, context, values.data(), values.size(), "arguments");
    if (std::holds_alternative<value::Failure>(left)) return;
  }
  ConsoleLine line;
  line.level = static_cast<ConsoleLine::Level>(info.Data().As<v8::Integer>()->Value());
  line.arguments = std::move(std::get<value::Message>(left));
  if (!guest->console().Admit(line.arguments.ByteSize())) {
    DropMessage(*guest, line.arguments);
    return;
  }
  guest->host().PostEvent(std::move(line));
}

}  // namespace isolet
