#include "v8/stack_text.h"

#include "v8/strings.h"

namespace isolet {
namespace {

constexpr size_t kMaxName = 256;

std::string TextOf(v8::Isolate* isolate, v8::Local<v8::String> text) {
  return text.IsEmpty() ? std::string() : ToUtf8(isolate, text, kMaxName);
}

}  // namespace

std::string StackText(v8::Isolate* isolate, v8::Local<v8::StackTrace> trace) {
  std::string lines;
  for (int i = 0; i < trace->GetFrameCount(); ++i) {
    v8::Local<v8::StackFrame> frame = trace->GetFrame(isolate, static_cast<uint32_t>(i));
    const std::string function = TextOf(isolate, frame->GetFunctionName());
    std::string file = TextOf(isolate, frame->GetScriptNameOrSourceURL());
    if (file.empty()) file = "<anonymous>";
    const std::string place =
        file + ":" + std::to_string(frame->GetLineNumber()) + ":" + std::to_string(frame->GetColumn());
    if (!lines.empty()) lines += "\n";
    lines += "    at " + (function.empty() ? place : function + " (" + place + ")");
  }
  return lines;
}

std::string CurrentStackText(v8::Isolate* isolate, int frames) {
  return StackText(isolate, v8::StackTrace::CurrentStackTrace(isolate, frames));
}

}  // namespace isolet
