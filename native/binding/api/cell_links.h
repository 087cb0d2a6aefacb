// The cells of one environment: a socket to each, whose process lib/ owns. Known by number; a number is never used
// again. They end with the environment, however that ends. The environment's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "binding/environment/napi.h"
#include "binding/environment/node_platform.h"
#include "wire/cell_link.h"

namespace isolet {

class Environment;

// (descriptor, pid, mostMemory, tell: (what, why) => void) → the number of the cell; 0: the system refuses. The
// descriptor stays the caller's: a copy of it is used.
Napi::Value OpenCell(const Napi::CallbackInfo& info);
// (number, why)
void EndCell(const Napi::CallbackInfo& info);

class CellLinks {
 public:
  explicit CellLinks(Environment& environment);
  CellLinks(const CellLinks&) = delete;
  CellLinks& operator=(const CellLinks&) = delete;

  // 0: the system refuses.
  uint64_t Open(int descriptor, int pid, uint64_t most_memory, v8::Local<v8::Function> tell);
  // Null: it has ended.
  std::shared_ptr<wire::CellLink> Find(uint64_t number) const;
  // These tell lib/, each once.
  void Ended(uint64_t number, const wire::CellEnd& end);
  void Worn(uint64_t number, const std::string& why);

 private:
  struct Entry {
    std::shared_ptr<wire::CellLink> link;
    v8::Global<v8::Function> tell;
  };

  void Tell(const v8::Global<v8::Function>& tell, const char* what, const std::string& why);
  void EndAll();

  Environment& environment_;
  std::unordered_map<uint64_t, Entry> cells_;
  uint64_t last_ = 0;
  const ProcessExitHook exit_hook_;
};

}  // namespace isolet
