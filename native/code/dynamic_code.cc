#include "code/dynamic_code.h"

#include <algorithm>
#include <string>

#include "calls/guest_options.h"
#include "calls/parts.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// Measured: lists of functions and accessors take 60 to 120 bytes for each of theirs.
constexpr size_t kLimitPerUnit = 32;
constexpr size_t kLeastText = size_t{64} << 10;

v8::ModifyCodeGenerationFromStringsResult OnCode(v8::Local<v8::Context>, v8::Local<v8::Value> source, bool) {
  Parts* parts = Parts::Of(v8::Isolate::GetCurrent());
  // What is no text is not compiled: `eval` answers it as it is.
  if (parts == nullptr || !source->IsString()) return {true, {}};
  if (!parts->options().code_generation_strings) return {false, {}};
  const auto length = static_cast<size_t>(source.As<v8::String>()->Length());
  return {length <= DynamicCode::LongestText(parts->options().max_heap_size), {}};
}

}  // namespace

size_t DynamicCode::LongestText(size_t max_heap_size) {
  if (max_heap_size == 0) return kMaxSourceBytes;
  return std::clamp(max_heap_size / kLimitPerUnit, kLeastText, kMaxSourceBytes);
}

bool DynamicCode::Install(v8::Local<v8::Context> context, const GuestOptions& options) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  // V8 asks the callback where code is not allowed by itself.
  context->AllowCodeGenerationFromStrings(false);
  isolate->SetModifyCodeGenerationFromStringsCallback(OnCode);
  // In both cases: a context of a snapshot brings the message of the runtime that made it.
  const std::string text = options.code_generation_strings ? "code made at run time may have at most " +
                                                                 std::to_string(LongestText(options.max_heap_size)) +
                                                                 " characters with this maxHeapSize"
                                                           : "Code generation from strings disallowed for this context";
  v8::Local<v8::String> message;
  if (!FromUtf8(isolate, text).ToLocal(&message)) return false;
  context->SetErrorMessageForCodeGenerationFromStrings(message);
  return true;
}

}  // namespace isolet
