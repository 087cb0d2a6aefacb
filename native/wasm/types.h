// How many WebAssembly types guests may bring into the process. V8 keeps one table of all types that any module or tag
// of the process ever declared, and never takes one out: Node 22 and later stop the process when it is full (a
// million), and V8 11 (Node 20) compares a new one with all that are there. Both happen under a mutex that every use of
// WebAssembly needs, the host's as well, so a guest must not get that far. A type that is known costs nothing.
//
// Any thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "v8/v8.h"

namespace isolet {

class WasmTypes {
 public:
#if ISOLET_V8_AT_LEAST(12, 0)
  static constexpr size_t kMostInModule = 20'000;
  static constexpr size_t kMostOfGuest = 10'000;
  static constexpr size_t kMostInProcess = 400'000;
#else
  static constexpr size_t kMostInModule = 1'000;
  static constexpr size_t kMostOfGuest = 500;
  static constexpr size_t kMostInProcess = 16'000;
#endif

  // One type as its binary form, which must mean the same in every module, or several that only mean something
  // together.
  struct Entry {
    std::string_view binary;
    size_t types;
  };

  static WasmTypes& Get();

  WasmTypes(const WasmTypes&) = delete;
  WasmTypes& operator=(const WasmTypes&) = delete;

  // Notes them all, or none if there is no room; `of_guest` is what one guest has brought in so far, and is raised.
  // What stands in the way, or null.
  const char* Admit(const std::vector<Entry>& entries, size_t* of_guest);

 private:
  WasmTypes() = default;

  std::mutex mutex_;  // guards everything below; leaf lock
  // Ordered, not hashed: guests choose what is in it.
  std::set<std::string, std::less<>> known_;
  size_t count_ = 0;
};

}  // namespace isolet
