#include "programs/hidden_globals.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "v8/strings.h"

namespace isolet {
namespace {

// No name of a variable is longer than what anybody types.
constexpr int kMaxName = 1000;

bool IsHigh(uint16_t unit) { return (unit & 0xFC00) == 0xD800; }
bool IsLow(uint16_t unit) { return (unit & 0xFC00) == 0xDC00; }

// `var name`, with every character as an escape: what is no identifier is a syntax error, never other code.
std::string Declaration(v8::Isolate* isolate, v8::Local<v8::String> name) {
  std::vector<uint16_t> units(static_cast<size_t>(name->Length()));
  CopyTwoByte(isolate, name, units.data(), static_cast<uint32_t>(units.size()));
  std::string code = "var ";
  for (size_t i = 0; i < units.size(); ++i) {
    uint32_t point = units[i];
    if (IsHigh(units[i]) && i + 1 < units.size() && IsLow(units[i + 1])) {
      point = 0x10000 + ((point - 0xD800) << 10) + (units[++i] - 0xDC00u);
    }
    char escape[16];
    std::snprintf(escape, sizeof(escape), "\\u{%x}", point);
    code += escape;
  }
  return code;
}

}  // namespace

v8::Maybe<bool> IsHidden(v8::Local<v8::Context> context, v8::Local<v8::String> name) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (name->Length() == 0 || name->Length() > kMaxName) return v8::Just(false);
  v8::HandleScope scope(isolate);
  v8::TryCatch catcher(isolate);
  v8::Local<v8::String> code;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> done;
  if (!FromUtf8(isolate, Declaration(isolate, name)).ToLocal(&code)) return v8::Nothing<bool>();
  // Where the property is there already the declaration changes nothing; beside one of the other kinds V8 refuses it.
  const bool compiled = v8::Script::Compile(context, code).ToLocal(&script);
  if (compiled && script->Run(context).ToLocal(&done)) return v8::Just(false);
  if (catcher.HasTerminated() || !catcher.HasCaught()) {
    catcher.ReThrow();
    return v8::Nothing<bool>();
  }
  return v8::Just(compiled);
}

}  // namespace isolet
