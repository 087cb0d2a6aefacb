#include "modules/map.h"

#include <unordered_set>
#include <utility>

namespace isolet {

std::shared_ptr<ModuleEntry> ModuleMap::Find(const std::string& key) const {
  auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : found->second;
}

ModuleEntry* ModuleMap::Find(v8::Local<v8::Module> module) const {
  auto [first, last] = by_hash_.equal_range(module->GetIdentityHash());
  for (auto it = first; it != last; ++it) {
    if (it->second->module == module) return it->second.get();
  }
  return nullptr;
}

std::shared_ptr<ModuleEntry> ModuleMap::Add(std::string key, std::string url, std::string type) {
  size_t cost = 2 * key.size() + kRequestCost;
  if (by_key_.size() >= kMaxModules || by_hash_.size() >= kMaxModules || charged_ + cost > kMaxCharged) return nullptr;
  auto entry = std::make_shared<ModuleEntry>();
  entry->key = key;
  entry->url = std::move(url);
  entry->type = std::move(type);
  entry->charged = cost;
  charged_ += cost;
  by_key_.emplace(std::move(key), entry);
  return entry;
}

bool ModuleMap::SetModule(const std::shared_ptr<ModuleEntry>& entry, v8::Local<v8::Module> module,
                          std::vector<std::shared_ptr<ModuleRequest>> imports) {
  size_t cost = 0;
  for (const auto& import : imports) cost += 2 * import->specifier.size() + import->referrer.size() + kRequestCost;
  if (imports.size() > kMaxImports || charged_ + cost > kMaxCharged) return false;
  entry->charged += cost;
  charged_ += cost;
  entry->module.Reset(v8::Isolate::GetCurrent(), module);
  entry->imports = std::move(imports);
  for (size_t i = 0; i < entry->imports.size(); ++i) {
    entry->links.emplace(entry->imports[i]->specifier + '\n' + entry->imports[i]->type, i);
  }
  entry->state = ModuleEntry::State::kReady;
  by_hash_.emplace(module->GetIdentityHash(), entry);
  return true;
}

void ModuleMap::Drop(ModuleEntry& entry) {
  entry.state = ModuleEntry::State::kFailed;
  auto found = by_key_.find(entry.key);
  if (found == by_key_.end() || found->second.get() != &entry) return;
  // One that was compiled is still charged: it lives as long as its code may run.
  if (entry.module.IsEmpty()) charged_ -= entry.charged;
  by_key_.erase(found);
}

void ModuleMap::Clear() {
  // Modules refer to each other in cycles.
  for (auto& [hash, entry] : by_hash_) {
    entry->imports.clear();
    entry->module.Reset();
    entry->value.Reset();
  }
  by_hash_.clear();
  by_key_.clear();
}

void ModuleMap::ForEachReachable(ModuleEntry& root, const std::function<void(ModuleEntry&)>& visit) {
  std::unordered_set<ModuleEntry*> seen{&root};
  std::vector<ModuleEntry*> next{&root};
  while (!next.empty()) {
    ModuleEntry* entry = next.back();
    next.pop_back();
    visit(*entry);
    for (const auto& import : entry->imports) {
      if (import->target && seen.insert(import->target.get()).second) next.push_back(import->target.get());
    }
  }
}

}  // namespace isolet
