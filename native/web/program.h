// The script that makes the web's APIs in a guest (lib/guest/web.ts, bundled), once per process: every isolate's source
// string refers to the same bytes, and so do the strings in snapshots. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "v8/v8.h"

namespace isolet {

class WebProgram {
 public:
  static WebProgram& Get();

  // Gives the text, of one-byte characters; the first that comes stays. False: it is no such text, or another than the
  // first.
  bool Set(std::string text);
  bool present() const { return present_.load(std::memory_order_acquire); }
  // Of the text and the native helpers that it expects: what was stored with another must not be restored.
  uint64_t fingerprint() const { return fingerprint_; }

  // Empty: an exception is pending. Only if it is present.
  v8::MaybeLocal<v8::String> Source(v8::Isolate* isolate);
  // What a snapshot refers to instead of holding the text.
  intptr_t address() {
    return reinterpret_cast<intptr_t>(static_cast<v8::String::ExternalOneByteStringResource*>(&text_));
  }

 private:
  // The isolates that use it never own it.
  class Text final : public v8::String::ExternalOneByteStringResource {
   public:
    const char* data() const override { return characters.data(); }
    size_t length() const override { return characters.size(); }
    void Dispose() override {}

    std::string characters;
  };

  WebProgram() = default;

  Text text_;
  uint64_t fingerprint_ = 0;
  std::mutex mutex_;  // guards text_ and fingerprint_ until present_; leaf lock
  std::atomic<bool> present_{false};
};

}  // namespace isolet
