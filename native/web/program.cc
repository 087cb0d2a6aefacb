#include "web/program.h"

#include <algorithm>
#include <utility>

#include "web/fingerprint.h"
#include "web/ops.h"

namespace isolet {

WebProgram& WebProgram::Get() {
  // Never destroyed: engine threads may outlive main().
  static auto* program = new WebProgram;
  return *program;
}

bool WebProgram::Set(std::string text) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (present()) return text == text_.characters;
  auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), ascii)) return false;
  Fingerprint fingerprint;
  fingerprint.Add(text);
  fingerprint_ = fingerprint.value() ^ WebOpsFingerprint();
  text_.characters = std::move(text);
  present_.store(true, std::memory_order_release);
  return true;
}

v8::MaybeLocal<v8::String> WebProgram::Source(v8::Isolate* isolate) {
  return v8::String::NewExternalOneByte(isolate, &text_);
}

}  // namespace isolet
