// Promises of the host's own that work on an engine thread will settle. That work knows them by number: they are
// handles of Node's isolate, and what nobody came for goes with the environment. The environment's thread.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "v8/v8.h"

namespace isolet {

class Tickets {
 public:
  Tickets() = default;
  Tickets(const Tickets&) = delete;
  Tickets& operator=(const Tickets&) = delete;

  uint64_t Add(v8::Isolate* isolate, v8::Local<v8::Promise::Resolver> resolver) {
    open_[++last_].Reset(isolate, resolver);
    return last_;
  }
  // Once for each number.
  v8::Local<v8::Promise::Resolver> Take(v8::Isolate* isolate, uint64_t number) {
    auto found = open_.find(number);
    v8::Local<v8::Promise::Resolver> resolver = found->second.Get(isolate);
    open_.erase(found);
    return resolver;
  }
  void Clear() { open_.clear(); }

 private:
  std::unordered_map<uint64_t, v8::Global<v8::Promise::Resolver>> open_;
  uint64_t last_ = 0;
};

}  // namespace isolet
