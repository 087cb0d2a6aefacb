// What a module is made from, and the modules that the host registered by name. Plain data; any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "calls/source.h"

namespace isolet {

inline constexpr const char* kModuleTypes[] = {"js", "json", "text", "bytes", "wasm"};

inline std::optional<ModuleType> ModuleTypeOf(std::string_view name) {
  for (size_t i = 0; i < std::size(kModuleTypes); ++i) {
    if (name == kModuleTypes[i]) return static_cast<ModuleType>(i);
  }
  return std::nullopt;
}

// By URL.
class ModuleSources {
 public:
  ModuleSources() = default;
  ModuleSources(const ModuleSources&) = delete;
  ModuleSources& operator=(const ModuleSources&) = delete;

  // Replaces what is there.
  void Add(std::string url, ModuleSource source) {
    auto shared = std::make_shared<const ModuleSource>(std::move(source));
    std::lock_guard<std::mutex> lock(mutex_);
    sources_[std::move(url)] = std::move(shared);
  }
  // Null if there is none.
  std::shared_ptr<const ModuleSource> Find(const std::string& url) const {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = sources_.find(url);
    return found == sources_.end() ? nullptr : found->second;
  }

 private:
  mutable std::mutex mutex_;  // guards sources_; leaf lock
  std::unordered_map<std::string, std::shared_ptr<const ModuleSource>> sources_;
};

}  // namespace isolet
