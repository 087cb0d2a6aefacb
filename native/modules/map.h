// The modules of one guest by URL and by V8's object, with a bound on what they cost outside the guest's heap. The
// holder of the isolate's lock.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "modules/entry.h"

namespace isolet {

class ModuleMap {
 public:
  ModuleMap() = default;
  ModuleMap(const ModuleMap&) = delete;
  ModuleMap& operator=(const ModuleMap&) = delete;

  std::shared_ptr<ModuleEntry> Find(const std::string& key) const;
  // By V8's object; null if it is not ours (any more).
  ModuleEntry* Find(v8::Local<v8::Module> module) const;
  // Null when there are too many.
  std::shared_ptr<ModuleEntry> Add(std::string key, std::string url, std::string type);
  // The entry is loaded. False when its imports are too many.
  bool SetModule(const std::shared_ptr<ModuleEntry>& entry, v8::Local<v8::Module> module,
                 std::vector<std::shared_ptr<ModuleRequest>> imports);
  // The next import of it loads it again.
  void Drop(ModuleEntry& entry);
  void Clear();

  // Every module that `root` reaches, itself included.
  static void ForEachReachable(ModuleEntry& root, const std::function<void(ModuleEntry&)>& visit);

 private:
  static constexpr size_t kMaxModules = 10'000;
  static constexpr size_t kMaxImports = 10'000;            // of one module
  static constexpr size_t kMaxCharged = size_t{32} << 20;  // bytes of names, over all
  static constexpr size_t kRequestCost = 256;

  std::unordered_map<std::string, std::shared_ptr<ModuleEntry>> by_key_;
  // Replaced and dropped ones stay: their code may still run and ask for import.meta.
  std::unordered_multimap<int, std::shared_ptr<ModuleEntry>> by_hash_;
  size_t charged_ = 0;
};

}  // namespace isolet
