// One module of a guest, from the moment it is asked for. The holder of the isolate's lock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "v8/v8.h"

namespace isolet {

struct ModuleEntry;

// One import as it is written somewhere: in a module, as import(), or by the host as an entry.
struct ModuleRequest {
  std::string specifier;
  std::string type;      // the attribute `type`, may be empty
  std::string referrer;  // URL of the importer; empty for an entry
  bool is_entry = false;

  std::shared_ptr<ModuleEntry> target;  // known once it is resolved
  bool resolving = false;
  size_t tries = 0;            // that are under way
  std::vector<uint64_t> jobs;  // wait for it to be resolved; may be gone
};

struct ModuleEntry {
  enum class State : uint8_t { kLoading, kReady, kFailed };

  std::string key;  // in the map
  std::string url;
  std::string type;  // the attribute it was asked for with
  State state = State::kLoading;
  v8::Global<v8::Module> module;
  v8::Global<v8::Value> value;  // what is not JavaScript: `import.meta.value` of the module that exports it
  bool wasm = false;
  bool shim = false;  // not the guest's text: it has nothing to resolve
  std::vector<std::shared_ptr<ModuleRequest>> imports;
  std::unordered_map<std::string, size_t> links;  // specifier and type to its place in `imports`
  size_t tries = 0;                               // to load it that are under way
  std::vector<uint64_t> jobs;                     // wait for it to be loaded; may be gone
  size_t charged = 0;                             // bytes of the map's budget
};

}  // namespace isolet
