#include "wasm/types.h"

#include <algorithm>

namespace isolet {
namespace {

// A long one takes the room of several.
constexpr size_t kBytesPerType = 64;

size_t CostOf(const WasmTypes::Entry& entry) { return std::max(entry.types, entry.binary.size() / kBytesPerType); }

}  // namespace

WasmTypes& WasmTypes::Get() {
  static auto* types = new WasmTypes();
  return *types;
}

const char* WasmTypes::Admit(const std::vector<Entry>& entries, size_t* of_guest) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::set<std::string, std::less<>>::iterator> added;
  size_t cost = 0;
  for (const Entry& entry : entries) {
    if (known_.find(entry.binary) != known_.end()) continue;
    cost += CostOf(entry);
    const char* refused = *of_guest + cost > kMostOfGuest ? "the runtime has declared too many WebAssembly types"
                          : count_ + cost > kMostInProcess
                              ? "the runtimes of this process have declared too many WebAssembly types"
                              : nullptr;
    if (refused != nullptr) {
      for (auto one : added) known_.erase(one);
      return refused;
    }
    added.push_back(known_.emplace(entry.binary).first);
  }
  count_ += cost;
  *of_guest += cost;
  return nullptr;
}

}  // namespace isolet
