// A string of the guest as the UTF-8 that the URL parser reads. The thread that holds the isolate's lock.
#pragma once

#include <memory>
#include <string_view>

#include "v8/v8.h"

namespace isolet {

class UrlText {
 public:
  UrlText() = default;
  UrlText(const UrlText&) = delete;
  UrlText& operator=(const UrlText&) = delete;

  // A lone surrogate becomes U+FFFD. False: it would be longer than `limit` bytes.
  bool Read(v8::Isolate* isolate, v8::Local<v8::String> string, size_t limit);
  std::string_view view() const { return {data_, size_}; }

 private:
  bool ReadOneByte(v8::Isolate* isolate, v8::Local<v8::String> string, size_t limit);
  bool ReadTwoByte(v8::Isolate* isolate, v8::Local<v8::String> string, size_t limit);

  static constexpr size_t kSmall = 512;
  char small_[kSmall];
  std::unique_ptr<char[]> large_;
  const char* data_ = small_;
  size_t size_ = 0;
};

}  // namespace isolet
